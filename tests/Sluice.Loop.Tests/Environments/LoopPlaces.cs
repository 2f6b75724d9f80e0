namespace Sluice.Tests;

/// <summary>The places of the core and that of a loop.</summary>
public sealed class LoopPlaces : LocalPlaces
{
    public LoopPlaces() => Add<LoopPlace>();
}
