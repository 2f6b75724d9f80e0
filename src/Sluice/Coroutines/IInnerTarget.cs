namespace Sluice;

/// <summary>The target of a coroutine within a node, as state.</summary>
internal interface IInnerTarget
{
    /// <summary>All that it keeps beside its node and what every target keeps; of the same length each time.</summary>
    object?[] Kept { get; set; }

    /// <summary>Makes one that was made without a constructor that of a node of a run.</summary>
    void BelongTo(IReceiver node);
}
