namespace Sluice;

/// <content>A strand that is made to revoke a bias (<see cref="OwnerBias"/>): two threads find out which of them holds it.</content>
internal sealed partial class Strand
{
    /// <summary>The first holder of a strand that was made to revoke a bias. Changes once.</summary>
    private Claim _claim = Claim.Settled;

    /// <summary>The strand of a home that is biased to another thread, which may be inside: held, by one of the two.</summary>
    private Strand(IStrandHome biasedHome, Claim claim)
    {
        _home = biasedHome;
        _outside = s_held;
        _claim = claim;
        Host = null; // the loop of the thread that makes it is not the home's
    }

    /// <summary>The holders of a strand that was made to revoke a bias (<see cref="OwnerBias"/>).</summary>
    private enum Claim
    {
        /// <summary>Not made for that, or decided and known to the holder.</summary>
        Settled,

        /// <summary>The first of the two that looks decides.</summary>
        Open,

        /// <summary>The thread that had the bias was inside, and holds the strand.</summary>
        Owner,

        /// <summary>It was not, so the thread that made the strand holds it.</summary>
        Revoker,
    }

    /// <summary>For the home's <see cref="OwnerBias.Revoke"/>.</summary>
    internal static Strand ForRevocation(IStrandHome biasedHome) => new(biasedHome, Claim.Open);

    /// <summary>Returns whether the calling thread holds this strand, which another one made to take the bias from it. It says
    /// whether it is inside, unless the other one has found that out already.</summary>
    internal bool SettleAsOwner(bool isInside)
    {
        var mine = isInside ? Claim.Owner : Claim.Revoker;
        var found = Interlocked.CompareExchange(ref _claim, mine, Claim.Open);
        if (found != Claim.Owner && (found != Claim.Open || !isInside))
        {
            return false;
        }

        _claim = Claim.Settled; // the other one has read it, or will find it decided
        _holder = Thread.CurrentThread;
        return true;
    }

    /// <summary>The same for the thread that made it. If it holds the strand it lets it go, and runs what waits already.</summary>
    internal void SettleAsRevoker(bool isOwnerInside)
    {
        var mine = isOwnerInside ? Claim.Owner : Claim.Revoker;
        var found = Interlocked.CompareExchange(ref _claim, mine, Claim.Open);
        if ((found == Claim.Open ? mine : found) == Claim.Revoker)
        {
            _holder = Thread.CurrentThread;
            Leave(StrandThread.Current.Enter(_home));
        }
    }
}
