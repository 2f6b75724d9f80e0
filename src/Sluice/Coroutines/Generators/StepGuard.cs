using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>Lets one thread at a time use a generator and finds every other one, at no interlocked operation for the thread that uses it
/// first (<see cref="OwnerBias"/>). The first call of another thread ends that for good; from then on a step costs one.</summary>
/// <remarks>Thread safety: <see cref="TryEnter"/> from any thread; the rest from the one that is inside.</remarks>
internal struct StepGuard
{
    private OwnerBias _bias;
    private Turn _turn;

    /// <summary>States of the guard.</summary>
    private enum Turn
    {
        /// <summary>The first thread that comes, which gets the bias.</summary>
        First,

        /// <summary>The thread that has the bias.</summary>
        Biased,

        /// <summary>Another thread has taken the bias and looks whether its owner is inside; the first of the two that decides it, does.</summary>
        Open,

        /// <summary>The bias was taken while its owner was inside, and it has not left since.</summary>
        Owners,

        /// <summary>No one: a thread is inside, without a bias.</summary>
        Held,

        /// <summary>Any thread; there is no bias.</summary>
        Free,
    }

    /// <summary>Goes inside. False: another thread is, or this one already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryEnter(StrandThread thread)
    {
        if (_bias.IsOutside(thread))
        {
            _bias.Enter(thread);
            if (Look() == Turn.Biased)
            {
                return true;
            }

            LeaveForGood();
        }

        return TryEnterUnbiased(thread);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Leave(StrandThread thread)
    {
        if (!_bias.IsInside(thread))
        {
            Set(Turn.Free);
            return;
        }

        _bias.Leave(thread);
        if (Look() != Turn.Biased)
        {
            LeaveForGood();
        }
    }

    /// <summary>Stays inside beyond this call, and keeps all threads out: until <see cref="Free"/>. Only inside.</summary>
    internal void Keep()
    {
        // A thread that has taken the bias just now, and has not decided, finds the guard held; if it has decided, it has found this thread inside.
        if (Change(Turn.Biased, Turn.Held) != Turn.Biased && Change(Turn.Open, Turn.Held) != Turn.Open)
        {
            Set(Turn.Held);
        }

        _bias.End();
    }

    /// <summary>Ends <see cref="Keep"/>. From any thread, once.</summary>
    internal void Free() => Set(Turn.Free);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryEnterUnbiased(StrandThread thread)
    {
        while (true)
        {
            switch (Look())
            {
                case Turn.First when Change(Turn.First, Turn.Held) == Turn.First:
                    _bias.Give(thread);
                    _bias.Enter(thread);
                    Set(Turn.Biased); // others look at the bias only when they have seen this
                    return true;
                case Turn.Biased when _bias.IsInside(thread):
                    return false;
                case Turn.Biased when Change(Turn.Biased, Turn.Open) == Turn.Biased:
                    var decision = _bias.Revoke() ? Turn.Owners : Turn.Held;
                    if (Change(Turn.Open, decision) == Turn.Open)
                    {
                        return decision == Turn.Held;
                    }

                    break; // the owner has decided it
                case Turn.Free when Change(Turn.Free, Turn.Held) == Turn.Free:
                    return true;
                case Turn.Open or Turn.Owners or Turn.Held:
                    return false;
            }
        }
    }

    /// <summary>The owner has seen that its bias was taken, and is outside. If the other thread has found it inside, that is over; if it has not decided, no one
    /// is inside; and if it has found it outside, that thread is.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LeaveForGood()
    {
        _bias.End();
        if (Change(Turn.Open, Turn.Free) == Turn.Owners)
        {
            Set(Turn.Free);
        }
    }

    private readonly Turn Look() => (Turn)Volatile.Read(ref Unsafe.As<Turn, int>(ref Unsafe.AsRef(in _turn)));

    private void Set(Turn turn) => Volatile.Write(ref Unsafe.As<Turn, int>(ref _turn), (int)turn);

    private Turn Change(Turn from, Turn to) => Interlocked.CompareExchange(ref _turn, to, from);
}
