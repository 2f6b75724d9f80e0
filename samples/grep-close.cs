#!/usr/bin/env dotnet
#:project ../src/Sluice.All/Sluice.All.csproj
#:property PublishAot=false

// A generator that only takes values, and does something when it is closed.
//   dotnet run samples/grep-close.cs

using Sluice;

var grep = Generator.Start<string, bool>(exchange => Grep(exchange, "python"));
grep.Next(); // runs it to its first yield, where it waits for a line
grep.Send("Yeah, but no, but yeah, but no");
grep.Send("A series of tubes");
grep.Send("python generators rock!");
grep.Close();

static async Coroutine Grep(Exchange<string, bool> exchange, string pattern)
{
    Console.WriteLine($"Looking for {pattern}");
    var matched = false;
    try
    {
        while (true)
        {
            var line = await exchange.Yield(matched);
            matched = line.Contains(pattern, StringComparison.Ordinal);
            if (matched)
            {
                Console.WriteLine(line);
            }
        }
    }
    catch (ExchangeClosedException)
    {
        Console.WriteLine("Going away. Goodbye!");
    }
}
