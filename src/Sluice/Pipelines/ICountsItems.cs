namespace Sluice;

/// <summary>An operator that says of an item which one it is. Under an error policy a fresh one goes on counting where the failed one was.</summary>
internal interface ICountsItems
{
    /// <summary>The number of items that have come in. Set before the first one.</summary>
    long Count { set; }
}
