namespace Sluice.Durable;

/// <summary>The states of the mark whose rows a session writes.</summary>
/// <remarks>
/// <list type="table">
/// <item><term>None</term><description>to Open: its first rows, or its commit without rows before.</description></item>
/// <item><term>Open</term><description>to Failed: rows could not be written. To InDoubt: a commit has begun. To None: it was aborted.</description></item>
/// <item><term>Failed</term><description>to None: it was aborted.</description></item>
/// <item><term>InDoubt</term><description>to None: it is committed. To Open: it is not, and can be committed again or aborted.</description></item>
/// </list>
/// </remarks>
internal enum MarkState
{
    None,
    Open,
    Failed,
    InDoubt,
}
