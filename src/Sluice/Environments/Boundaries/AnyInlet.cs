using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>The wait for whichever of several inlets has something. All their writers are in this process.</summary>
/// <remarks>As at one inlet (<see cref="Inlet{T}"/>), the reader says at each that it waits, makes that visible, and looks once more. The first writer that finds it takes
/// the wait of <see cref="_reader"/> back and resumes the reader. Another one may have seen at its inlet that the reader waits, and end <see cref="_reader"/> only when it waits
/// again: then the reader finds nothing and waits once more, which is rare and does no harm.</remarks>
internal sealed class AnyInlet<T>
{
    private readonly Inlet<T>[] _inlets;

    /// <summary>Says which of them must not be read.</summary>
    private readonly MarkAlignment _edges;
    private readonly Strand _strand;
    private readonly Action _wake;
    private BoundaryWait _reader;

    internal AnyInlet(Inlet<T>[] inlets, MarkAlignment edges, Strand strand)
    {
        _inlets = inlets;
        _edges = edges;
        _strand = strand;
        _wake = () => _reader.End();
    }

    private bool CanRead
    {
        get
        {
            for (var i = 0; i < _inlets.Length; i++)
            {
                if (!_edges.Holds(i) && _inlets[i].CanRead)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>The reader's: waits until there is something, or it is stopped.</summary>
    internal WaitToReadAwaitable WaitToRead() => new(this);

    /// <summary>Has the reader look again: it may read what was held. Within its strand.</summary>
    internal void Wake() => _reader.End();

    private bool HasNewsSoon()
    {
        var rounds = _reader.RoundsOf(isNear: true, _strand);
        for (var round = 0; !CanRead; round++)
        {
            if (!BoundaryWait.MayLookAgain(round, rounds, _strand))
            {
                return false;
            }
        }

        return true;
    }

    private void Park(Action reader)
    {
        Debug.Assert(!_reader.IsWaiting, "Several inlets have one reader, which waits once at a time.");
        _reader.Announce(reader); // before the inlets say it: a writer that takes it there finds it here
        for (var i = 0; i < _inlets.Length; i++)
        {
            if (!_edges.Holds(i))
            {
                _inlets[i].CallWhenWritten(_wake);
            }
        }

        Interlocked.MemoryBarrierProcessWide(); // the writers write without a fence
        if (CanRead)
        {
            _reader.End();
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
