namespace Sluice.Layering.Tests.Fixtures;

internal sealed class HasCall
{
    internal object Run() => Thing.Make();
}

internal sealed class HasTypeof
{
    internal object Run() => typeof(Thing);
}

internal sealed class HasCast
{
    internal bool Run(object value) => value is ThingHandler;
}

internal sealed class HasLocal
{
    internal int Run()
    {
        ThingValue value = default;
        value.Size++;
        return value.Size;
    }
}

internal sealed class HasCatch
{
    internal void Run(Action action)
    {
        try
        {
            action();
        }
        catch (ThingException)
        {
        }
    }
}

internal sealed class HasGenericCall
{
    internal object Run() => Array.Empty<ThingValue>();
}

internal sealed class HasFilledType
{
    internal object Run() => new List<ThingValue>();
}

internal sealed class HasMemberOfFilledType
{
    internal object? Run() => new ThingBox<string>().Content;
}

internal sealed class HasArray
{
    internal object Run() => new ThingValue[1, 2];
}

internal sealed class HasFunctionPointer
{
    internal unsafe void Run(nint pointer) => ((delegate*<ThingHandler?, void>)pointer)(null);
}

internal sealed class HasSwitch
{
    internal object? Run(int value) => value switch { 0 => "a", 1 => "b", 2 => "c", 3 => "d", 4 => "e", 5 => null, _ => Thing.Make() };
}

internal sealed class HasLambda
{
    internal Func<object> Run() => static () => Thing.Make();
}

internal sealed class HasClosure
{
    internal Func<object> Run(IDisposable captured) => () => captured.ToString() + Thing.Make();
}

internal sealed class HasAsync
{
    internal async Task<object> Run()
    {
        await Task.Yield();
        return Thing.Make();
    }
}

internal sealed class HasIterator
{
    internal IEnumerable<object> Run()
    {
        yield return Thing.Make();
    }
}
