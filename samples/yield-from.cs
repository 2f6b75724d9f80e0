#!/usr/bin/env dotnet
#:project ../src/Sluice.All/Sluice.All.csproj
#:property PublishAot=false

// Generators inside generators: passing values on by hand, and delegation, which also passes on what is sent and thrown.
//   dotnet run samples/yield-from.cs

using Sluice;

Print(Generator.Start<int>(exchange => Fibonacci(exchange, 5)));
Print(Generator.Start<int>(exchange => ByHand(exchange, 5)));
Print(Generator.Start<int>(exchange => ByDelegation(exchange, 5)));

using var writer = Generator.Start<int, int>(Wrap);
writer.Next();
for (var n = 0; n < 5; n++)
{
    if (n == 3)
    {
        writer.Throw(new SpamException());
    }
    else
    {
        writer.Send(n);
    }
}

static void Print(IEnumerable<int> numbers)
{
    foreach (var number in numbers)
    {
        Console.WriteLine(number);
    }
}

static async Coroutine Fibonacci(Exchange<int> exchange, int count)
{
    var (a, b) = (1, 1);
    for (var i = 0; i < count; i++)
    {
        await exchange.Yield(a);
        (a, b) = (b, a + b);
    }
}

static async Coroutine ByHand(Exchange<int> exchange, int count)
{
    Console.WriteLine("start");
    foreach (var number in Generator.Start<int>(inner => Fibonacci(inner, count)))
    {
        await exchange.Yield(number);
    }

    Console.WriteLine("end");
}

static async Coroutine ByDelegation(Exchange<int> exchange, int count)
{
    Console.WriteLine("start");
    await Fibonacci(exchange, count); // the same exchange: it yields in this one's place
    Console.WriteLine("end");
}

static async Coroutine Wrap(Exchange<int, int> exchange) =>
    await exchange.YieldFrom(Generator.Start<int, int>(Write)); // a generator of its own

static async Coroutine Write(Exchange<int, int> exchange)
{
    var written = 0;
    while (true)
    {
        try
        {
            var value = await exchange.Yield(written);
            Console.WriteLine($">> {value}");
            written++;
        }
        catch (SpamException)
        {
            Console.WriteLine("***");
        }
    }
}

internal sealed class SpamException : Exception;
