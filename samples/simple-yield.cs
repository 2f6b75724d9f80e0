#!/usr/bin/env dotnet
#:project ../src/Sluice.All/Sluice.All.csproj
#:property PublishAot=false

// A generator that takes values: a producer sends to a consumer, which answers each time.
//   dotnet run samples/simple-yield.cs

using Sluice;

using var consumer = Generator.Start<int, string>(Consume);
consumer.Next(); // runs it to its first yield, where it waits for a value
Produce(consumer);

static void Produce(Generator<int, string> consumer)
{
    for (var n = 1; n <= 5; n++)
    {
        Console.WriteLine($"[PRODUCER] Producing {n}...");
        var answer = consumer.Send(n);
        Console.WriteLine($"[PRODUCER] Consumer return: {answer}");
    }
}

static async Coroutine Consume(Exchange<int, string> exchange)
{
    Console.WriteLine("[CONSUMER] Starting consumer...");
    var answer = "";
    while (true)
    {
        var n = await exchange.Yield(answer);
        Console.WriteLine($"[CONSUMER] Consuming {n}...");
        answer = "200 OK";
    }
}
