using System.Text.RegularExpressions;
using Sluice.Contracts;
using Sluice.Durable;

namespace Sluice.Tests;

/// <summary>A process that changes the world step by step, and ends before or after a chosen one, as by a crash: nothing of it changes anything from then on.</summary>
/// <remarks>Thread safety: any thread. Steps have names by which they are found again in another run, whatever the order of those that are done side by side.</remarks>
internal sealed partial class SteppingProcess : IAsyncDisposable
{
    private readonly World _world;
    private readonly string? _endsAt;
    private readonly Lock _gate = new(); // guards the fields below, and the world's
    private readonly Dictionary<string, int> _counts = [];
    private readonly CancellationTokenSource _end = new();
    private bool _isOver;
    private Task _ended = Task.CompletedTask;

    internal SteppingProcess(World world, string? endsAt, Loss loss = Loss.None, int seed = 0)
    {
        (_world, _endsAt) = (world, endsAt);
        world.Disk = world.Disk.AfterCrash(loss, seed, Step);
        Store = new FaultyCheckpointStore(world.Store) { Faults = (_, call) => FaultOf(call), Error = static () => new CrashException("the process has ended at the store") };
    }

    internal CheckpointStore Store { get; }

    internal Disk Disk => _world.Disk;

    internal List<string> Steps { get; } = [];

    internal CancellationToken End => _end.Token;

    internal bool IsOver
    {
        get
        {
            using var _ = _gate.EnterScope();
            return _isOver;
        }
    }

    /// <summary>Changes the world, as one step.</summary>
    internal void Do(string what, Action<World> change)
    {
        using var _ = _gate.EnterScope();
        Step($"before {what}");
        change(_world);
        Step($"after {what}");
    }

    public async ValueTask DisposeAsync()
    {
        await _ended;
        _end.Dispose();
        await Store.DisposeAsync();
    }

    private void Step(string what)
    {
        if (EndsAt(what))
        {
            throw new CrashException(what);
        }
    }

    private StoreFault FaultOf(string call) => EndsAt($"before {call} in the store") ? StoreFault.Before : EndsAt($"after {call} in the store") ? StoreFault.After : StoreFault.None;

    private bool EndsAt(string what)
    {
        using var _ = _gate.EnterScope();
        if (_isOver)
        {
            return true;
        }

        var name = ChosenByChance().Replace(what, "");
        _counts[name] = _counts.GetValueOrDefault(name) + 1;
        Steps.Add($"{name}, no. {_counts[name]}");
        if (Steps[^1] != _endsAt)
        {
            return false;
        }

        _isOver = true;
        _ended = Task.Run(_end.Cancel); // which runs code of the run, and the gate is held here
        return true;
    }

    /// <summary>Names of hidden files, and lengths that depend on them.</summary>
    [GeneratedRegex(@"(?<=\.txt\.)[^ ]*(?=-\d+\.part)|(?<=write )\d+ bytes at \d+ of ")]
    private static partial Regex ChosenByChance();
}
