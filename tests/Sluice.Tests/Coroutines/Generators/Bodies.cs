using System.Runtime.CompilerServices;

namespace Sluice.Tests;

/// <summary>Bodies of generators that many tests need.</summary>
internal static class Bodies
{
    /// <summary>Yields 1, 2, 3 and so on, <paramref name="count"/> of them.</summary>
    internal static async Coroutine CountTo(Exchange<int> exchange, int count)
    {
        for (var i = 1; i <= count; i++)
        {
            await exchange.Yield(i);
        }
    }

    /// <summary>Yields 1, 2, 3 and so on.</summary>
    internal static Coroutine Count(Exchange<int> exchange) => CountTo(exchange, int.MaxValue);

    /// <summary>Yields what was sent last; the default at first.</summary>
    internal static async Coroutine Echo<T>(Exchange<T, T> exchange)
    {
        var sent = default(T)!;
        while (true)
        {
            sent = await exchange.Yield(sent);
        }
    }

    /// <summary>Takes in <paramref name="count"/> numbers, yields the sum so far, gives back the sum.</summary>
    internal static async Coroutine<int> SumOf(Exchange<int, int> exchange, int count)
    {
        var sum = 0;
        for (var i = 0; i < count; i++)
        {
            sum += await exchange.Yield(sum);
        }

        return sum;
    }

    /// <summary>Yields 1 and 2 and notes how it is entered and left.</summary>
    internal static async Coroutine Noting(Exchange<int> exchange, string name, List<string> log)
    {
        log.Add($"enter {name}");
        try
        {
            await exchange.Yield(1);
            await exchange.Yield(2);
            log.Add($"end {name}");
        }
        catch (Exception error)
        {
            log.Add($"{name} got {error.GetType().Name}");
            throw;
        }
        finally
        {
            log.Add($"leave {name}");
        }
    }

    /// <summary>Yields 1, and 2 when it is closed, which it ignores; then ends.</summary>
    internal static async Coroutine IgnoreClose(Exchange<int> exchange, List<string> log)
    {
        try
        {
            await exchange.Yield(1);
        }
        catch (ExchangeClosedException)
        {
            log.Add("ignored");
            await exchange.Yield(2);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Explode(string message = "") => throw new FormatException(message);
}
