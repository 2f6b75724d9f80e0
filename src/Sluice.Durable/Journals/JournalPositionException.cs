namespace Sluice.Durable;

/// <summary>A journal cannot be read from a position: its records are trimmed, or it has never been there.</summary>
/// <param name="message">The message.</param>
public sealed class JournalPositionException(string message) : InvalidOperationException(message);
