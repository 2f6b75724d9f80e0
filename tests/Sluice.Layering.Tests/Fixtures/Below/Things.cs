using System.Diagnostics.CodeAnalysis;

namespace Sluice.Layering.Tests.Fixtures;

/// <summary>Types that those of the folder Above depend on, each in its own way.</summary>
public class Thing
{
    internal int Size;

    public static Thing Make() => new();

    internal virtual void Grow(int by) => Size += by;

    protected void Shrink() => Size--;

    private protected void Reset() => Size = 0;

    protected class Part;

    private sealed class Secret;
}

internal interface IThing;

internal struct ThingValue
{
    internal int Size;
}

internal sealed class ThingBox<T>
{
    internal T? Content { get; set; }
}

internal enum ThingKind : byte
{
    Small,
    Big,
}

internal delegate void ThingHandler();

[SuppressMessage("Design", "CA1032", Justification = "Caught, never thrown.")]
internal sealed class ThingException : Exception;

[AttributeUsage(AttributeTargets.All)]
internal sealed class ThingAttribute(ThingKind kind = ThingKind.Small, params Type[] types) : Attribute
{
    internal ThingKind Kind => kind;

    internal Type[] Types => types;

    public Type? Other { get; set; }
}
