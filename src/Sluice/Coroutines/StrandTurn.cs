namespace Sluice;

/// <summary>Work that waits to run in a strand, at the strand's host: see <see cref="StrandHost.Post"/>.</summary>
/// <remarks>Thread safety: immutable; run it once, where the host runs its strands.</remarks>
public readonly struct StrandTurn
{
    private readonly Strand _strand;
    private readonly StrandEntry _entry;

    internal StrandTurn(Strand strand, StrandEntry entry) => (_strand, _entry) = (strand, entry);

    /// <summary>Runs it, and what comes to wait for the strand. It does not throw: what stages raise is theirs, or their run's.</summary>
    public void Run() => _strand.Enter(_entry);
}
