using System.Globalization;

namespace Sluice.Bench;

/// <summary>Measures the memory that an idle connection takes in the server.</summary>
internal static class EchoIdle
{
    private const int MostConnections = 10_000;
    private const int OtherDescriptors = 200;

    /// <summary>As many as this process may have descriptors, and its children too: they raise their limit to the same.</summary>
    private static int Connections
    {
        get
        {
            var words = File.ReadLines("/proc/self/limits").First(static line => line.StartsWith("Max open files", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return int.TryParse(words[^2], CultureInfo.InvariantCulture, out var limit) ? Math.Min(MostConnections, limit - OtherDescriptors) : MostConnections;
        }
    }

    internal static void Run(string client, IEnumerable<EchoKind> kinds)
    {
        var connections = Connections;
        Console.WriteLine();
        Console.WriteLine("## echo: idle connections");
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"By how much the resident memory of a fresh server grows with {connections:#,0} connections, each of which has had one message echoed; it has collected its garbage before and after. The system's own memory for sockets and threads is not in it."));
        Console.WriteLine();
        Console.WriteLine("| server | bytes for each |");
        Console.WriteLine("| --- | ---: |");
        foreach (var kind in kinds)
        {
            using var peer = EchoPeer.Start(kind)!; // it was there before
            Console.WriteLine($"| {kind.Name} | {Measure(client, peer, connections)} |");
        }
    }

    private static string Measure(string client, EchoPeer peer, int connections)
    {
        Connect(client, peer, connections / 100).Dispose(); // the code that it takes is then there
        var before = peer.RestingBytes();
        try
        {
            using var clients = Connect(client, peer, connections);
            return $"{(peer.RestingBytes() - before) / (double)connections:0}";
        }
        catch (EndOfStreamException error) // such as for want of threads
        {
            return $"left out: {error.Message}";
        }
    }

    private static EchoClients Connect(string client, EchoPeer peer, int connections)
    {
        var clients = new EchoClients(client, peer.Port, processes: 1, connections);
        try
        {
            clients.Run(TimeSpan.Zero);
            return clients;
        }
        catch
        {
            clients.Dispose();
            throw;
        }
    }
}
