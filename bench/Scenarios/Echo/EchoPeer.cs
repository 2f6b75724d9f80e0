using System.Globalization;

namespace Sluice.Bench;

/// <summary>A server that runs.</summary>
internal sealed class EchoPeer : IDisposable
{
    private readonly Child _process;

    private EchoPeer(EchoKind kind, Child process)
    {
        (Kind, _process) = (kind, process);
        Port = int.Parse(process.Hello["port ".Length..], CultureInfo.InvariantCulture);
    }

    internal EchoKind Kind { get; }

    internal int Port { get; }

    /// <summary>The figures measured.</summary>
    internal List<EchoResult> Results { get; } = [];

    /// <summary>Null if it is not there on this machine.</summary>
    internal static EchoPeer? Start(EchoKind kind) => Child.StartIfPresent(kind.Name, kind.Start) is { } process ? new(kind, process) : null;

    public void Dispose() => _process.Dispose();

    /// <summary>Runs the clients, and takes the server's time together with what they saw.</summary>
    internal EchoResult Measure(EchoClients clients, TimeSpan time)
    {
        var (before, clientsBefore, allBefore) = (_process.CpuTime, clients.CpuTime, Machine.BusyTime());
        var seen = clients.Run(time);
        return new(seen, _process.CpuTime - before, clients.CpuTime - clientsBefore, Machine.BusyTime() - allBefore);
    }

    /// <summary>The process's memory, after it has collected its garbage.</summary>
    internal long RestingBytes()
    {
        _process.Ask("rest");
        return _process.ResidentBytes;
    }
}

/// <summary>A kind of server, and how to start one.</summary>
internal sealed record EchoKind(string Name, Func<Child> Start);

/// <summary>One measurement of one server.</summary>
internal sealed record EchoResult(ClientResult Seen, TimeSpan ServerTime, TimeSpan ClientTime, TimeSpan AllTime)
{
    /// <summary>The part of the processors' time that other programs took.</summary>
    internal double Others => (AllTime - ServerTime - ClientTime).TotalSeconds / Seen.Seconds / Environment.ProcessorCount;

    internal double ForSecond => Seen.Requests / Seen.Seconds;

    internal double ForCpuSecond => Seen.Requests / ServerTime.TotalSeconds;
}
