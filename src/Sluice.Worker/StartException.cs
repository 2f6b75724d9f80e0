namespace Sluice.Worker;

/// <summary>The worker cannot listen as it was told to; the message says why in a line.</summary>
internal sealed class StartException(string message, Exception? cause = null) : Exception(message, cause);
