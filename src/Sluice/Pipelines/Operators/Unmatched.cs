namespace Sluice;

/// <summary>What becomes of an item that no route takes: see <see cref="Sink.Route"/>.</summary>
public enum Unmatched
{
    /// <summary>It is dropped.</summary>
    Drop,

    /// <summary>It fails the run.</summary>
    Fail,
}
