#!/usr/bin/env dotnet
#:project ../src/Sluice.All/Sluice.All.csproj
#:property PublishAot=false

// Twenty jobs, three workers: a queue hands out the jobs, and the main task waits until the work on all of them is done.
//   dotnet run samples/queue-workers.cs

using Sluice;

EventLoop.Run(() => TaskGroup.RunAsync(async group =>
{
    var jobs = new LoopQueue<int>(capacity: 5, name: "jobs");
    var done = new int[3];
    for (var worker = 0; worker < done.Length; worker++)
    {
        var number = worker;
        group.Start(() => WorkAsync(number, jobs, done));
    }

    for (var job = 1; job <= 20; job++)
    {
        await jobs.PutAsync(job); // waits while the queue is full
    }

    await jobs.JoinAsync();
    jobs.Close(); // the workers' loops end
    Console.WriteLine($"{done.Sum()} jobs by {done.Length} workers: {string.Join(" + ", done)}");
}));

static async Task WorkAsync(int worker, LoopQueue<int> jobs, int[] done)
{
    await foreach (var job in jobs.GetAllAsync())
    {
        await EventLoop.SleepAsync(TimeSpan.FromMilliseconds(10 * (job % 3)));
        Console.WriteLine($"worker {worker}: job {job}");
        done[worker]++; // shared, and no lock: nothing else runs between two awaits
        jobs.TaskDone();
    }
}
