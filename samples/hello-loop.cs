#!/usr/bin/env dotnet
#:project ../src/Sluice.All/Sluice.All.csproj
#:property PublishAot=false

// Two coroutines sleep a second at the same time, on one thread.
//   dotnet run samples/hello-loop.cs

using System.Diagnostics;
using Sluice;

var watch = Stopwatch.StartNew();
var threads = new HashSet<int>();
EventLoop.Run(() => TaskGroup.RunAsync(async group =>
{
    group.Start(() => GreetAsync("hello"));
    group.Start(() => GreetAsync("world"));
    await EventLoop.YieldAsync(); // both begin
    Console.WriteLine("both sleep");
}));
Console.WriteLine($"{threads.Count} thread, about {watch.Elapsed.TotalSeconds:0} second");

async Task GreetAsync(string word)
{
    threads.Add(Environment.CurrentManagedThreadId);
    await EventLoop.SleepAsync(TimeSpan.FromSeconds(1));
    threads.Add(Environment.CurrentManagedThreadId);
    Console.WriteLine(word);
}
