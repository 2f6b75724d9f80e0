#!/usr/bin/env dotnet
#:project ../src/Sluice.All/Sluice.All.csproj
#:property PublishAot=false

// A room for many clients on one thread: the set of members is shared by all of them, and needs no lock. The first line of a client
// is its name. A member that does not read loses lines when its queue is full, and holds up nobody. Try it with: nc localhost 7009
//   dotnet run samples/chat.cs                   until Ctrl+C
//   dotnet run samples/chat.cs -- 7010           on another port
//   dotnet run samples/chat.cs -- --self-test    three clients of its own, and then the end

using System.Net;
using Sluice;

var room = new Dictionary<string, LoopQueue<string>>(); // who is here, and what each has still to be told

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
        using var listener = LoopListener.ListenTcp(new(IPAddress.Loopback, args is [var port] ? int.Parse(port) : 7009));
        Console.WriteLine($"the room is open on {listener.LocalEndPoint}, Ctrl+C closes it");
        await listener.ServeAsync(TalkAsync, error => errors.WriteLine(error.Message));
    });
}
catch (OperationCanceledException)
{
    Console.WriteLine("closed");
}

async Task TalkAsync(LoopStream client)
{
    await client.WriteLineAsync("your name?");
    var queue = new LoopQueue<string>(capacity: 100);
    if (await client.ReadLineAsync(maxLength: 30) is not { Length: > 0 } name || !room.TryAdd(name, queue))
    {
        await client.WriteLineAsync("that name will not do");
        return;
    }

    try
    {
        Tell($"{name} is here");
        await TaskGroup.RunAsync(async both =>
        {
            both.Start(async () =>
            {
                await foreach (var line in queue.GetAllAsync())
                {
                    await client.WriteLineAsync(line);
                }
            });
            while (await client.ReadLineAsync(maxLength: 1000) is { } line)
            {
                Tell($"{name}: {line}");
            }

            room.Remove(name);
            queue.Close(); // what is in it is still sent
        });
    }
    finally
    {
        room.Remove(name);
        Tell($"{name} has left");
    }
}

void Tell(string line)
{
    foreach (var queue in room.Values)
    {
        queue.TryPut(line);
    }
}

Task SelfTestAsync() => TaskGroup.RunAsync(async group =>
{
    using var listener = LoopListener.ListenTcp(new(IPAddress.Loopback, 0));
    group.Start(() => listener.ServeAsync(TalkAsync));

    using var ann = await JoinAsync("ann");
    using (var bob = await JoinAsync("bob"))
    {
        using var cem = await JoinAsync("cem");
        await ann.WriteLineAsync("hello");
        Console.WriteLine($"bob and cem read \"{await ReadUntilAsync(bob, "hello")}\" and \"{await ReadUntilAsync(cem, "hello")}\"");
        await cem.WriteLineAsync("hi ann");
        Console.WriteLine($"ann reads \"{await ReadUntilAsync(ann, "hi")}\"");
    }

    await ReadUntilAsync(ann, "has left");
    await ReadUntilAsync(ann, "has left");
    ann.ShutdownWrite();
    listener.Dispose();

    async Task<LoopStream> JoinAsync(string name)
    {
        var stream = await LoopStream.ConnectTcpAsync((IPEndPoint)listener.LocalEndPoint);
        await stream.WriteLineAsync(name);
        await ReadUntilAsync(stream, $"{name} is here");
        return stream;
    }
});

static async Task<string> ReadUntilAsync(LoopStream stream, string end)
{
    while (await stream.ReadLineAsync() is { } line)
    {
        if (line.Contains(end))
        {
            return line;
        }
    }

    throw new EndOfStreamException($"'{end}' did not come.");
}
