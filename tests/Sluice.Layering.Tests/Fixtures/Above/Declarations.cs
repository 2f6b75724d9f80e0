#pragma warning disable CS0649 // The fields are there for their types.

namespace Sluice.Layering.Tests.Fixtures;

internal class HasBase : Thing;

internal sealed class HasInterface : IThing;

internal sealed class HasConstraint<T>
    where T : IThing;

internal sealed class HasConstraintOfMethod
{
    internal void Use<T>()
        where T : IThing
    {
    }
}

internal sealed class HasField
{
    internal ThingValue Value;
}

internal sealed class HasGenericArgument
{
    internal List<Dictionary<int, ThingValue[]>>? Values;
}

internal sealed class HasParameter
{
    internal void Take(in ThingValue value)
    {
    }
}

internal abstract class HasResult
{
    internal abstract ThingValue Value { get; }
}

internal delegate ThingValue HasDelegate();

internal sealed class HasOverride : HasBase
{
    internal override void Grow(int by)
    {
    }
}

[Thing]
internal sealed class HasAttribute;

internal sealed class HasAttributeOfParameter
{
    internal void Take([Thing] int value)
    {
    }
}

internal sealed class HasAttributeOfProperty
{
    [Thing]
    internal int Value => 0;
}

internal sealed class HasAttributeOfTypeParameter<[Thing] T>;

[Thing(ThingKind.Big, typeof(List<ThingValue>), Other = typeof(ThingHandler))]
internal sealed class HasAttributeArguments;

internal sealed class HasNested
{
    internal enum Kind;
}
