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

EventLoop.Run(() => TaskGroup.RunAsync(async group =>
{
    var (hosts, port) = (args, 80);
    using var server = LoopListener.ListenTcp(new(IPAddress.Loopback, 0));
    if (hosts.Length == 0)
    {
        (hosts, port) = (["localhost", "127.0.0.1", "localhost"], ((IPEndPoint)server.LocalEndPoint).Port);
        group.Start(() => server.ServeAsync(AnswerAsync));
    }

    var watch = Stopwatch.StartNew();
    await TaskGroup.RunAsync(requests =>
    {
        foreach (var host in hosts)
        {
            requests.Start(() => ShowHeadersAsync(host, port), host);
        }

        return Task.CompletedTask;
    });
    Console.WriteLine($"{hosts.Length} hosts, about {watch.Elapsed.TotalSeconds:0} second(s)");
    server.Dispose();
}));

static async Task ShowHeadersAsync(string host, int port)
{
    var headers = new StringBuilder();
    try
    {
        await CancelScope.FailAfter(TimeSpan.FromSeconds(10)).RunAsync(async () =>
        {
            using var stream = await LoopStream.ConnectTcpAsync(host, port);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HEAD / HTTP/1.0\r\nHost: {host}\r\n\r\n"));
            while (await stream.ReadLineAsync() is { Length: > 0 } line)
            {
                headers.Append($"{host}: {line}\n");
            }
        });
    }
    catch (Exception error) when (error is SocketException or IOException or TimeoutException)
    {
        headers.Append($"{host}: {error.Message}\n"); // the others go on
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
