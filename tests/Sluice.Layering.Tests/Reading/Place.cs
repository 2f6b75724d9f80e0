namespace Sluice.Layering.Tests;

/// <summary>A type or a member, and where it is written.</summary>
/// <param name="Assembly">Its assembly.</param>
/// <param name="Type">The type, or the type of the member.</param>
/// <param name="Member">The member; null for the type itself.</param>
/// <param name="Folder">The folder; null for what the compiler made, and for what is not of the assemblies that were read.</param>
/// <param name="IsPublic">Whether users of the assembly can name it: it and all around it are public or protected.</param>
internal sealed record Place(string Assembly, string Type, string? Member, string? Folder, bool IsPublic)
{
    public override string ToString() => Member is null ? TypeNames.Written(Type) : TypeNames.Written(Type, Member);
}

/// <summary>The ways in which one place comes to need another.</summary>
internal enum DependencyKind
{
    BaseType,
    Interface,
    Constraint,
    Attribute,
    AttributeArgument,
    Field,
    Signature,
    Local,
    Catch,
    Override,
    Code,
}

/// <summary>One place that needs another, of the same assembly or of another that was read.</summary>
internal sealed record Dependency(Place From, Place To, DependencyKind Kind)
{
    public override string ToString() => $"{From} ({From.Folder}) -> {To} ({To.Folder}), by its {Kind}";
}
