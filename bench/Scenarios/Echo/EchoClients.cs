using System.Globalization;
using System.Text.Json;

namespace Sluice.Bench;

/// <summary>The client processes of <c>bench/echo/client.c</c>, connected to one server.</summary>
internal sealed class EchoClients : IDisposable
{
    private readonly List<Child> _clients = [];

    internal EchoClients(string program, int port, int processes, int connectionsOfEach)
    {
        try
        {
            for (var seed = 0; seed < processes; seed++)
            {
                _clients.Add(Child.Start(program, Text(port), Text(connectionsOfEach), Text(seed)));
            }

            _clients.ForEach(static client => client.Answer()); // ready
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Dispose() => _clients.ForEach(static client => client.Dispose());

    internal TimeSpan CpuTime => new(_clients.Sum(static client => client.CpuTime.Ticks));

    /// <summary>Sends for so long, at least one message on each connection, and waits for all replies.</summary>
    internal ClientResult Run(TimeSpan time)
    {
        _clients.ForEach(client => client.Tell($"run {Text((int)time.TotalMilliseconds)}"));
        var results = _clients.ConvertAll(static client => JsonSerializer.Deserialize<ClientResult>(client.Answer(), JsonSerializerOptions.Web)!);
        return new(
            results.Sum(static result => result.Requests),
            results.Max(static result => result.Seconds),
            [.. results.SelectMany(static result => result.Latencies)]);
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Results as the clients saw them.</summary>
/// <param name="Requests">How many replies came, all of them right.</param>
/// <param name="Seconds">From the first message to the last reply.</param>
/// <param name="Latencies">Nanoseconds, and how many replies took so long.</param>
internal sealed record ClientResult(long Requests, double Seconds, IReadOnlyList<long[]> Latencies)
{
    /// <summary>The latency in milliseconds that such a part of the replies kept within.</summary>
    internal double Percentile(double part)
    {
        var left = part * Requests;
        return Latencies.OrderBy(static bucket => bucket[0]).First(bucket => (left -= bucket[1]) <= 0)[0] / 1e6;
    }
}
