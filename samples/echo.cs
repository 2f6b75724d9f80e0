#!/usr/bin/env dotnet
#:project ../src/Sluice.All/Sluice.All.csproj
#:property PublishAot=false

// An echo server on one thread. Try it with: nc localhost 7007
//   dotnet run samples/echo.cs                   until Ctrl+C
//   dotnet run samples/echo.cs -- 7008           on another port
//   dotnet run samples/echo.cs -- --self-test    a hundred clients of its own, and then the end

using System.Net;
using Sluice;

if (args is ["--self-test"])
{
    EventLoop.Run(SelfTestAsync);
    return;
}

// Clients may take all descriptors, and the first use of standard error takes one. So it is opened before there are clients.
var errors = Console.Error;
try
{
    EventLoop.Run(async () =>
    {
        using var listener = LoopListener.ListenTcp(new(IPAddress.Loopback, args is [var port] ? int.Parse(port) : 7007));
        Console.WriteLine($"listening on {listener.LocalEndPoint}, Ctrl+C ends it");
        await listener.ServeAsync(EchoAsync, error => errors.WriteLine(error.Message));
    });
}
catch (OperationCanceledException)
{
    Console.WriteLine("bye");
}

static async Task EchoAsync(LoopStream client)
{
    var buffer = new byte[4096];
    int count;
    while ((count = await client.ReadAsync(buffer)) > 0)
    {
        await client.WriteAsync(buffer.AsMemory(0, count));
    }
}

static Task SelfTestAsync() => TaskGroup.RunAsync(async group =>
{
    using var listener = LoopListener.ListenTcp(new(IPAddress.Loopback, 0));
    group.Start(() => listener.ServeAsync(EchoAsync));
    var (answers, threads) = (0, new HashSet<int>());
    await TaskGroup.RunAsync(clients =>
    {
        for (var client = 0; client < 100; client++)
        {
            var number = client;
            clients.Start(async () =>
            {
                using var stream = await LoopStream.ConnectTcpAsync((IPEndPoint)listener.LocalEndPoint);
                for (var i = 0; i < 10; i++)
                {
                    await stream.WriteLineAsync($"client {number}, message {i}");
                    if (await stream.ReadLineAsync() == $"client {number}, message {i}")
                    {
                        answers++;
                    }

                    threads.Add(Environment.CurrentManagedThreadId);
                }
            });
        }

        return Task.CompletedTask;
    });
    listener.Dispose(); // the serving ends when the handlers have
    Console.WriteLine($"{answers} messages came back to 100 clients, on {threads.Count} thread");
});
