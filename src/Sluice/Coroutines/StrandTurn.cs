namespace Sluice;

/// <summary>Work that waits to run in a strand, at the strand's host: see <see cref="StrandHost.Post"/>.</summary>
/// <remarks>Thread safety: immutable; run it once, where the host runs its strands.</remarks>
public readonly struct StrandTurn
{
    private readonly Strand _strand;
    private readonly StrandWork _work;

    internal StrandTurn(Strand strand, StrandWork work) => (_strand, _work) = (strand, work);

    /// <summary>Runs it, and what comes to wait for the strand. It does not throw: what stages raise is theirs, or their run's.</summary>
    public void Run() => _strand.Enter(_work);
}
