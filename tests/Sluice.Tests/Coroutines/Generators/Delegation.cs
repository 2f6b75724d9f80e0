namespace Sluice.Tests;

/// <summary>The two kinds of delegation.</summary>
public enum Delegation
{
    /// <summary>A coroutine that is given the exchange.</summary>
    AwaitInner,

    /// <summary>A generator of its own.</summary>
    YieldFrom,
}

/// <summary>Tests of what holds for both kinds, once for each.</summary>
public abstract class DelegationContract(Delegation kind)
{
    protected List<string> Log { get; } = [];

    /// <summary>Gives the inner body the outer one's place until it ends.</summary>
    protected Coroutine<TResult> Delegate<TIn, TOut, TResult>(Exchange<TIn, TOut> exchange, Func<Exchange<TIn, TOut>, Coroutine<TResult>> inner) =>
        Delegate(kind, exchange, inner);

    internal static Coroutine<TResult> Delegate<TIn, TOut, TResult>(Delegation kind, Exchange<TIn, TOut> exchange, Func<Exchange<TIn, TOut>, Coroutine<TResult>> inner) => kind switch
    {
        Delegation.AwaitInner => inner(exchange),
        Delegation.YieldFrom => exchange.YieldFrom(Generator.Start(inner)),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>Notes what the await of the inner one does, then yields 9.</summary>
    protected Generator<int, int> Outer(Func<Exchange<int, int>, Coroutine<string>> inner) => Generator.Start<int, int>(async exchange =>
    {
        try
        {
            Log.Add($"result {await Delegate(exchange, inner)}");
        }
        catch (FormatException)
        {
            Log.Add("outer caught");
        }
        catch (ExchangeClosedException)
        {
            Log.Add("outer closed");
            throw;
        }
        finally
        {
            Log.Add("outer finally");
        }

        await exchange.Yield(9);
    });

    /// <summary>An inner body that yields 1 and notes when it is left.</summary>
    protected async Coroutine<string> Finally(Exchange<int, int> exchange)
    {
        try
        {
            await exchange.Yield(1);
            return "not reached";
        }
        finally
        {
            Log.Add("inner finally");
        }
    }
}
