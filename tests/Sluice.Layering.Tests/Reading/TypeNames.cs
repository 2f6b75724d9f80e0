using System.Reflection.Metadata;
using System.Text.RegularExpressions;

namespace Sluice.Layering.Tests;

/// <summary>Names types and members, for code (<c>Sluice.Stage+SelectOperator`2</c>) and for people (<c>Sluice.Stage.SelectOperator</c>).</summary>
internal static partial class TypeNames
{
    internal static string Of(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        return type.IsNested ? $"{Of(reader, type.GetDeclaringType())}+{reader.GetString(type.Name)}" : Join(reader.GetString(type.Namespace), reader.GetString(type.Name));
    }

    /// <summary>The name of a type elsewhere, and its assembly.</summary>
    internal static (string Assembly, string Name) Of(MetadataReader reader, TypeReferenceHandle handle)
    {
        var type = reader.GetTypeReference(handle);
        switch (type.ResolutionScope.Kind)
        {
            case HandleKind.TypeReference:
                var (assembly, outer) = Of(reader, (TypeReferenceHandle)type.ResolutionScope);
                return (assembly, $"{outer}+{reader.GetString(type.Name)}");
            case HandleKind.AssemblyReference:
                var scope = reader.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope);
                return (reader.GetString(scope.Name), Join(reader.GetString(type.Namespace), reader.GetString(type.Name)));
            default:
                throw new InvalidDataException($"The type {reader.GetString(type.Name)} is in a {type.ResolutionScope.Kind}, which this reader does not know.");
        }
    }

    /// <summary>The last part of a type's name, without the count of its type parameters.</summary>
    internal static string Simple(string name) => Arity().Replace(name[(name.LastIndexOfAny(['.', '+']) + 1)..], "");

    /// <summary>Returns whether the compiler made a type or a member, by its name.</summary>
    internal static bool IsGenerated(string name) => name.StartsWith('<');

    /// <summary>Returns whether the compiler made a type to hold what is written in the type around it: a closure, a state machine.</summary>
    internal static bool IsMachinery(string type) => type.Contains("+<", StringComparison.Ordinal);

    /// <summary>The name of the type, as it was written, that holds what the compiler made for it.</summary>
    internal static string Written(string type)
    {
        var generated = type.IndexOf("+<", StringComparison.Ordinal);
        return Arity().Replace(generated < 0 ? type : type[..generated], "").Replace('+', '.');
    }

    /// <summary>The name of the member, as it was written, whose code the compiler put into <paramref name="member"/>.</summary>
    internal static string Written(string type, string member)
    {
        var generated = type.IndexOf("+<", StringComparison.Ordinal);
        var name = Origin().Match(member) is { Success: true } lambda ? lambda.Groups[1].Value
            : generated >= 0 && Origin().Match(type, generated) is { Success: true } machine ? machine.Groups[1].Value
            : member;
        return $"{Written(type)}.{name.TrimStart('.')}";
    }

    private static string Join(string space, string name) => space.Length == 0 ? name : $"{space}.{name}";

    [GeneratedRegex(@"`\d+")]
    private static partial Regex Arity();

    /// <summary>The method in the name of a lambda, a local function, or a state machine.</summary>
    [GeneratedRegex("<([^<>]+)>")]
    private static partial Regex Origin();
}
