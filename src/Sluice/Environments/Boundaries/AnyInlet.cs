using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>The wait for whichever of several inlets has something. All their writers are in this process.</summary>
/// <remarks>As at one inlet (<see cref="Inlet{T}"/>), the reader says at each that it waits, makes that visible, and looks once more. The first writer that finds it takes
/// <see cref="_waits"/> back and resumes the reader. Another one may have seen at its inlet that the reader waits, and come to <see cref="Wake"/> only when it waits
/// again: then the reader finds nothing and waits once more, which is rare and does no harm.</remarks>
internal sealed class AnyInlet<T>
{
    private readonly Inlet<T>[] _inlets;
    private readonly Strand _strand;
    private readonly Action _wake;
    private Action? _reader; // owner: the reader until it says that it waits, then the thread that takes that back
    private int _waits;
    private SpinBudget _spins; // owner: the reader

    internal AnyInlet(Inlet<T>[] inlets, Strand strand)
    {
        _inlets = inlets;
        _strand = strand;
        _wake = Wake;
    }

    private bool CanRead
    {
        get
        {
            foreach (var inlet in _inlets)
            {
                if (inlet.CanRead)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>The reader's: waits until there is something, or it is stopped.</summary>
    internal WaitToReadAwaitable WaitToRead() => new(this);

    private bool HasNewsSoon()
    {
        var spins = _spins.RoundsOf(_strand.Host?.SpinCount ?? 0);
        for (var round = 0; !CanRead; round++)
        {
            if (round == 0)
            {
                _strand.GetReadyToWait();
            }

            if (round >= spins || _strand.HasWork)
            {
                return false;
            }

            ShortSpin.Pause(round);
        }

        return true;
    }

    private void Park(Action reader)
    {
        Debug.Assert(Volatile.Read(ref _waits) == 0, "Several inlets have one reader, which waits once at a time.");
        _spins.Park();
        _reader = reader;
        Volatile.Write(ref _waits, 1); // before the inlets say it: a writer that takes it there finds it here
        foreach (var inlet in _inlets)
        {
            inlet.CallWhenWritten(_wake);
        }

        Interlocked.MemoryBarrierProcessWide(); // the writers write without a fence
        if (CanRead)
        {
            Wake();
        }
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref _waits, 0) != 0)
        {
            _reader!();
        }
    }

    /// <summary>Used by the compiler.</summary>
    internal readonly struct WaitToReadAwaitable(AnyInlet<T> any) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => any.HasNewsSoon();

        public WaitToReadAwaitable GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => any.Park(continuation);

        public void UnsafeOnCompleted(Action continuation) => any.Park(continuation);
    }
}
