namespace Sluice;

/// <summary>The choices for an item that no route takes: see <c>Route</c>.</summary>
public enum Unmatched
{
    /// <summary>It is dropped.</summary>
    Drop,

    /// <summary>It fails the run.</summary>
    Fail,
}
