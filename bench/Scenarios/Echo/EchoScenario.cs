namespace Sluice.Bench;

/// <summary>The test of the course: many clients send messages to an echo server. The same clients against several servers, in
/// turn.</summary>
internal static class EchoScenario
{
    private const int ClientProcesses = 3;
    private const int ConnectionsOfEach = 300;

    private const string Loop = "the loop";
    private const string Portable = "the loop, portable sockets";
    private const string Async = ".NET async sockets";
    private const string Threads = ".NET thread for each connection";
    private const string Asyncio = "asyncio streams";
    private const string Uvloop = "uvloop streams";
    private const string C = "C, epoll";

    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan s_warmUpOfRound = TimeSpan.FromSeconds(0.2);
    private static readonly TimeSpan s_round = TimeSpan.FromSeconds(2);

    /// <summary>For the idle connections: servers that hold a buffer only while there is something in it.</summary>
    private static readonly EchoKind[] s_rented =
    [
        new("the loop, buffers rented", static () => Child.StartSelf("echo-server", "--kind", "loop-rented")),
        new(".NET async sockets, buffers rented", static () => Child.StartSelf("echo-server", "--kind", "async-rented")),
    ];

    internal static void Run(Harness harness)
    {
        Servers(harness);
        LoopWork.Run(harness);
    }

    private static void Servers(Harness harness)
    {
        Console.WriteLine();
        Console.WriteLine("## echo");
        Console.WriteLine();
        if (!OperatingSystem.IsLinux() || !CPrograms.HasCompiler)
        {
            Console.WriteLine("Left out: the clients are in C on epoll, so it takes Linux and a C compiler `cc`.");
            return;
        }

        using var programs = new CPrograms();
        var client = programs.Compile("client");
        var server = programs.Compile("server");
        var peers = new List<EchoPeer>();
        try
        {
            foreach (var kind in Kinds(server))
            {
                if (EchoPeer.Start(kind) is { } peer)
                {
                    peers.Add(peer);
                }
            }

            Measure(harness, client, peers);
            PrintServers(peers);
            PrintLimits(peers);
        }
        finally
        {
            peers.ForEach(static peer => peer.Dispose());
        }

        EchoIdle.Run(client, [.. peers.Select(static peer => peer.Kind), .. s_rented]);
    }

    private static EchoKind[] Kinds(string server) =>
    [
        new(Loop, static () => Child.StartSelf("echo-server", "--kind", "loop")),
        new(Portable, static () => Child.StartSelf("echo-server", "--kind", "loop-portable")),
        new(Async, static () => Child.StartSelf("echo-server", "--kind", "async")),
        new(Threads, static () => Child.StartSelf("echo-server", "--kind", "threads")),
        new(Asyncio, static () => Child.StartPython(EchoFiles.PathOf("server.py"), "asyncio")),
        new(Uvloop, static () => Child.StartPython(EchoFiles.PathOf("server.py"), "uvloop")),
        new(C, () => Child.Start(server)),
    ];

    private static void Measure(Harness harness, string client, List<EchoPeer> peers)
    {
        foreach (var peer in peers)
        {
            using var clients = new EchoClients(client, peer.Port, ClientProcesses, ConnectionsOfEach);
            clients.Run(s_warmUp);
        }

        for (var round = 0; round < harness.Rounds; round++)
        {
            foreach (var peer in round % 2 == 0 ? peers : Enumerable.Reverse(peers))
            {
                using var clients = new EchoClients(client, peer.Port, ClientProcesses, ConnectionsOfEach);
                clients.Run(s_warmUpOfRound);
                peer.Results.Add(peer.Measure(clients, s_round));
            }
        }
    }

    private static void PrintServers(List<EchoPeer> peers)
    {
        Console.WriteLine($"{ClientProcesses} client processes in C, each with {ConnectionsOfEach} connections and on each one random message of 1,024 bytes under way; all replies are compared. {s_round.TotalSeconds:0.#} s for each server in each of {peers[0].Results.Count} rounds, in turn; medians of the rounds, and the best one. CPU seconds are the server's, user and system.");
        Console.WriteLine();
        Console.WriteLine("| server | best requests/s | requests/s | requests/CPU s | p50 ms | p99 ms | p99.9 ms |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var peer in peers)
        {
            double Median(Func<EchoResult, double> figure) => Harness.Median(peer.Results.Select(figure));
            Console.WriteLine(
                $"| {peer.Kind.Name} | {peer.Results.Max(static result => result.ForSecond):0} | {Median(static result => result.ForSecond):0} | {Median(static result => result.ForCpuSecond):0} "
                + $"| {Median(static result => result.Seen.Percentile(0.5)):0.00} | {Median(static result => result.Seen.Percentile(0.99)):0.00} | {Median(static result => result.Seen.Percentile(0.999)):0.00} |");
        }

        var results = peers.SelectMany(static peer => peer.Results).ToArray();
        Console.WriteLine();
        Console.WriteLine($"A request costs the clients {results.Sum(static result => result.ClientTime.TotalMicroseconds) / results.Sum(static result => result.Seen.Requests):0.0} microseconds. Other programs took {100 * Harness.Median(results.Select(static result => result.Others)):0}% of the processors meanwhile (the median; where that is much, clients and server hardly ever wait for each other, which helps the slow ones).");
    }

    private static void PrintLimits(List<EchoPeer> peers)
    {
        Console.WriteLine();
        Console.WriteLine("## echo: limits");
        Console.WriteLine();
        Console.WriteLine($"{Loop} to the peer: **above** 1 ours is better, and the limit is the least. Median of the ratios of the rounds.");
        Console.WriteLine();
        Console.WriteLine("| figure | peer | best | median | at least | met |");
        Console.WriteLine("| --- | --- | ---: | ---: | ---: | --- |");
        (string Peer, double Limit)[] throughput = [(Asyncio, 3), (Uvloop, 1.4), (C, 0.85), (Async, 1)];
        foreach (var (peer, limit) in throughput)
        {
            Compare("requests/s", peer, static result => result.ForSecond, limit);
        }

        (string Peer, double Limit)[] cost = [(Async, 1.3), (Threads, 1.5), (Portable, 1.2)];
        foreach (var (peer, limit) in cost)
        {
            Compare("requests/CPU s", peer, static result => result.ForCpuSecond, limit);
        }

        void Compare(string what, string name, Func<EchoResult, double> figure, double limit)
        {
            var ours = peers.First(static peer => peer.Kind.Name == Loop).Results.ConvertAll(result => figure(result));
            if (peers.FirstOrDefault(peer => peer.Kind.Name == name)?.Results.ConvertAll(result => figure(result)) is not { } theirs)
            {
                Console.WriteLine($"| {what} | {name} | | | {limit:0.##} | not measured |");
                return;
            }

            var median = Harness.Median(ours.Zip(theirs, static (our, their) => our / their));
            Console.WriteLine($"| {what} | {name} | {ours.Max() / theirs.Max():0.00} | {median:0.00} | {limit:0.##} | {(median >= limit ? "yes" : "**no**")} |");
        }
    }
}
