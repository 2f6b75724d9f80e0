namespace Sluice.Tests;

/// <summary>Bodies that were also written in Python, word for word.</summary>
internal sealed class PythonBodies
{
    internal delegate Coroutine<string?> Body(Exchange<string?, int> exchange);

    internal List<string> Said { get; } = [];

    internal Body this[string name] => name switch
    {
        "echo" => Echo,
        "guarded" => Guarded,
        "handling" => Handling,
        "nested" => Nested,
        "catching" => Catching,
        "tidy" => Tidy,
        "ignoring" => Ignoring,
        "finally yields" => FinallyYields,
        "raising" => Raising,
        "translating" => Translating,
        "leaking" => Leaking,
        "failing" => Failing,
        "empty" => Empty,
        "list" => List,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    /// <summary>Delegates to <paramref name="inner"/>, says how that ended, then yields 9.</summary>
    internal Body Outer(Delegation kind, Body inner) => async exchange =>
    {
        try
        {
            Said.Add($"result:{await DelegationContract.Delegate<string?, int, string?>(kind, exchange, inner.Invoke)}");
        }
        catch (FormatException)
        {
            Said.Add("outer-caught");
        }
        catch (ExchangeClosedException)
        {
            Said.Add("outer-exit");
            throw;
        }
        finally
        {
            Said.Add("outer-finally");
        }

        await exchange.Yield(9);
        return "R";
    };

    private async Coroutine<string?> Echo(Exchange<string?, int> exchange)
    {
        Said.Add("begin");
        Said.Add($"got:{await exchange.Yield(1)}");
        Said.Add($"got:{await exchange.Yield(2)}");
        return "r";
    }

    private async Coroutine<string?> Guarded(Exchange<string?, int> exchange)
    {
        try
        {
            await exchange.Yield(1);
            Said.Add("after");
            await exchange.Yield(2);
        }
        catch (FormatException)
        {
            Said.Add("caught");
            await exchange.Yield(3);
        }
        finally
        {
            Said.Add("finally");
        }

        return "r";
    }

    private async Coroutine<string?> Handling(Exchange<string?, int> exchange)
    {
        while (true)
        {
            try
            {
                await exchange.Yield(1);
                return "r";
            }
            catch (FormatException)
            {
                Said.Add("caught");
            }
        }
    }

    private async Coroutine<string?> Nested(Exchange<string?, int> exchange)
    {
        try
        {
            try
            {
                await exchange.Yield(1);
            }
            finally
            {
                Said.Add("first");
            }
        }
        finally
        {
            Said.Add("second");
        }

        return "r";
    }

    private async Coroutine<string?> Catching(Exchange<string?, int> exchange)
    {
        try
        {
            await exchange.Yield(1);
        }
        catch (FormatException)
        {
            Said.Add("caught");
        }

        return "r";
    }

    private async Coroutine<string?> Tidy(Exchange<string?, int> exchange)
    {
        try
        {
            await exchange.Yield(1);
        }
        catch (ExchangeClosedException)
        {
            Said.Add("exit");
        }

        return "r";
    }

    private async Coroutine<string?> Ignoring(Exchange<string?, int> exchange)
    {
        try
        {
            await exchange.Yield(1);
        }
        catch (ExchangeClosedException)
        {
            Said.Add("exit");
        }

        await exchange.Yield(2);
        return "r";
    }

    private async Coroutine<string?> FinallyYields(Exchange<string?, int> exchange)
    {
        try
        {
            await exchange.Yield(1);
        }
        finally
        {
            Said.Add("finally");
            await exchange.Yield(2);
            Said.Add("end");
        }

        return null;
    }

    private async Coroutine<string?> Raising(Exchange<string?, int> exchange)
    {
        try
        {
            await exchange.Yield(1);
        }
        finally
        {
            Said.Add("finally");
            Bodies.Explode();
        }

        return null;
    }

    private async Coroutine<string?> Translating(Exchange<string?, int> exchange)
    {
        try
        {
            await exchange.Yield(1);
        }
        catch (ExchangeClosedException)
        {
            Said.Add("exit");
            Bodies.Explode();
        }

        return null;
    }

    private async Coroutine<string?> Leaking(Exchange<string?, int> exchange)
    {
        try
        {
            await exchange.Yield(1);
        }
        finally
        {
            Said.Add("finally");
            Generator.Start<int>(inner => Bodies.CountTo(inner, 0)).Next();
        }

        return null;
    }

    private static async Coroutine<string?> Failing(Exchange<string?, int> exchange)
    {
        await exchange.Yield(1);
        Bodies.Explode();
        return null;
    }

    private async Coroutine<string?> Empty(Exchange<string?, int> exchange)
    {
        await Task.CompletedTask;
        Said.Add("empty");
        return "r";
    }

    private static async Coroutine<string?> List(Exchange<string?, int> exchange)
    {
        await exchange.YieldFrom([1, 2]);
        return null;
    }
}
