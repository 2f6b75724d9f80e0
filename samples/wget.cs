#!/usr/bin/env dotnet
#:project ../src/Sluice.All/Sluice.All.csproj
#:property PublishAot=false

// The headers of several hosts at once. Without arguments the hosts are a small server that the sample starts itself; it takes
// its time, and all three together take no longer than one.
//   dotnet run samples/wget.cs
//   dotnet run samples/wget.cs -- example.com example.org example.net

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sluice;

const int MaxHeaders = 64 * 1024; // a host that sends headers without an end is given up

if (args is ["--help"] || args.Any(arg => arg is "" or ['-', ..] || AddressOf(arg) is null))
{
    (args is ["--help"] ? Console.Out : Console.Error).WriteLine("usage: wget [HOST[:PORT] ...]");
    return args is ["--help"] ? 0 : 2;
}

EventLoop.Run(() => TaskGroup.RunAsync(async group =>
{
    var hosts = args;
    using var server = LoopListener.ListenTcp(new(IPAddress.Loopback, 0));
    if (hosts.Length == 0)
    {
        var port = ((IPEndPoint)server.LocalEndPoint).Port;
        hosts = [$"localhost:{port}", $"127.0.0.1:{port}", $"localhost:{port}"];
        group.Start(() => server.ServeAsync(AnswerAsync));
    }

    var watch = Stopwatch.StartNew();
    await TaskGroup.RunAsync(requests =>
    {
        foreach (var host in hosts)
        {
            requests.Start(() => ShowHeadersAsync(host), host);
        }

        return Task.CompletedTask;
    });
    Console.WriteLine($"{hosts.Length} hosts, about {watch.Elapsed.TotalSeconds:0} second(s)");
    server.Dispose();
}));
return 0;

static (string Host, int Port)? AddressOf(string text) => text.Split(':') switch
{
    [var host] => (host, 80),
    [var host, var port] when ushort.TryParse(port, out var number) => (host, number),
    _ => null,
};

static async Task ShowHeadersAsync(string address)
{
    var (host, port) = AddressOf(address)!.Value;
    var headers = new StringBuilder();
    try
    {
        await CancelScope.FailAfter(TimeSpan.FromSeconds(10)).RunAsync(async () =>
        {
            using var stream = await LoopStream.ConnectTcpAsync(host, port);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HEAD / HTTP/1.0\r\nHost: {host}\r\n\r\n"));
            while (await stream.ReadLineAsync(maxLength: MaxHeaders) is { Length: > 0 } line)
            {
                if (headers.Length + line.Length > MaxHeaders)
                {
                    throw new InvalidDataException($"It sends more than {MaxHeaders / 1024} KiB of headers.");
                }

                headers.Append($"{host}: {line}\n");
            }
        });
    }
    catch (Exception error) when (error is SocketException or IOException or InvalidDataException or TimeoutException)
    {
        headers.Clear().Append($"{host}: {error.Message}\n"); // the others go on
    }

    Console.Write(headers);
}

static async Task AnswerAsync(LoopStream client)
{
    var request = await client.ReadLineAsync();
    while (await client.ReadLineAsync() is { Length: > 0 })
    {
    }

    await EventLoop.SleepAsync(TimeSpan.FromSeconds(1));
    await client.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.0 200 OK\r\nServer: sluice\r\nX-Request: {request}\r\n\r\n"));
}
