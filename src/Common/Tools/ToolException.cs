namespace Sluice.Tools;

/// <summary>The tool cannot do what it was told to; the message says why, and what to do, in a line.</summary>
internal sealed class ToolException(string message, Exception? cause = null) : Exception(message, cause);
