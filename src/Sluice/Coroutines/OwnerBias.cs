namespace Sluice;

/// <summary>Mutual exclusion that costs one thread, its owner, no interlocked operation: the thread that makes something mostly uses
/// it alone. Another thread takes that away once, for good (docs/decisions/0036).</summary>
/// <remarks>
/// <para>The owner says that it is inside and then looks whether it still has the bias. The revoker first takes the bias, then has
/// every processor of the process drain what it has written (<see cref="Interlocked.MemoryBarrierProcessWide"/>), and only
/// then looks whether the owner is inside. Let P be where that finds the owner in its program. If the owner's look comes before P, so does what it said
/// before, and the revoker sees it. If its look comes after P, it sees that the bias is gone. So they never both
/// believe that they are alone; and whenever the revoker has seen the owner inside, the owner sees on its way out, after P
/// as well, that the bias is gone.</para>
/// <para>What "taken" means is the user's: it is written before <see cref="Revoke"/>, and looked at after <see cref="Enter"/> and
/// <see cref="Leave"/>.</para>
/// </remarks>
internal struct OwnerBias
{
    /// <summary><see cref="StrandThread.Outside"/> or <see cref="StrandThread.Inside"/> of the owner; 0 without one. Written by the
    /// owner only, once it is there.</summary>
    private int _value;

    /// <summary>Makes the calling thread the owner, outside. Before any other thread can know of the object.</summary>
    internal void Give(StrandThread thread) => _value = thread.Outside;

    internal readonly bool IsOutside(StrandThread thread) => _value == thread.Outside;

    internal readonly bool IsInside(StrandThread thread) => _value == thread.Inside;

    /// <summary>The owner says that it is inside. It has to look next whether the bias was taken.</summary>
    internal void Enter(StrandThread thread) => Volatile.Write(ref _value, thread.Inside);

    /// <summary>The owner says that it is outside. It has to look next whether the bias was taken.</summary>
    internal void Leave(StrandThread thread) => Volatile.Write(ref _value, thread.Outside);

    /// <summary>The owner has seen that the bias was taken, and does not try again.</summary>
    internal void End() => Volatile.Write(ref _value, 0);

    /// <summary>Returns whether the owner may be inside. Call it when the bias has been taken, from any thread but the owner's.</summary>
    internal bool Revoke()
    {
        Interlocked.MemoryBarrierProcessWide();
        return (Volatile.Read(ref _value) & 1) != 0;
    }
}
