using System.Reflection;

namespace Sluice;

/// <summary>A value that code handles, as far as it is known without running the code. Null stands for one that is not known.</summary>
internal abstract record CodeValue;

/// <summary>An object that was captured, or that is reachable from one.</summary>
/// <param name="Item">The object.</param>
/// <param name="Path">The way to it from the lambda; empty for one whose fields are the variables: a closure, or the object that a method belongs to.</param>
internal sealed record KnownObject(object Item, string Path) : CodeValue
{
    internal string PathOf(FieldInfo field) => Path.Length == 0 ? VariableNames.Of(field.Name) : $"{Path}.{VariableNames.Of(field.Name)}";
}

/// <summary>The address of a field of a captured object.</summary>
internal sealed record KnownField(string Path, FieldInfo Field) : CodeValue;

/// <summary>The address of an element of a captured array.</summary>
internal sealed record KnownElement(KnownObject Array) : CodeValue;

/// <summary>A method that a delegate is made of.</summary>
internal sealed record KnownMethod(MethodBase Method) : CodeValue;

/// <summary>A state machine, or a closure that the code itself makes: what its fields hold.</summary>
internal sealed record KnownFrame : CodeValue
{
    internal Dictionary<string, CodeValue?> Fields { get; } = new(StringComparer.Ordinal);

    public bool Equals(KnownFrame? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
