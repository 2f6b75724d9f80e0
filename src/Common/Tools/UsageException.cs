namespace Sluice.Tools;

/// <summary>The command line asks for something that cannot be; the message says what in a line.</summary>
internal sealed class UsageException(string message) : Exception(message);
