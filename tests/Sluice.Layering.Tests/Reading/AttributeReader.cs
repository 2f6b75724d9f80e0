using System.Reflection;
using System.Reflection.Metadata;

namespace Sluice.Layering.Tests;

/// <summary>Reads the arguments of custom attributes, and reports each type that one names. Types are pairs of assembly and name.</summary>
/// <param name="home">The assembly that has the attributes.</param>
/// <param name="enumOf">Finds the type under an enumeration of the library; null if it is not the library's.</param>
/// <param name="saw">Gets each type that is an argument.</param>
internal sealed class AttributeReader(string home, Func<(string, string), PrimitiveTypeCode?> enumOf, Action<(string Assembly, string Name)> saw)
    : ICustomAttributeTypeProvider<(string Assembly, string Name)>
{
    private static readonly (string, string) s_type = ("System.Runtime", "System.Type");

    public (string Assembly, string Name) GetPrimitiveType(PrimitiveTypeCode typeCode) => ("System.Runtime", $"System.{typeCode}");

    public (string Assembly, string Name) GetSystemType() => s_type;

    public bool IsSystemType((string Assembly, string Name) type) => type.Name == "System.Type";

    public (string Assembly, string Name) GetSZArrayType((string Assembly, string Name) elementType) => (elementType.Assembly, $"{elementType.Name}[]");

    public (string Assembly, string Name) GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => (home, TypeNames.Of(reader, handle));

    public (string Assembly, string Name) GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => TypeNames.Of(reader, handle);

    public (string Assembly, string Name) GetTypeFromSerializedName(string name) => Report(TypeName.Parse(name));

    public PrimitiveTypeCode GetUnderlyingEnumType((string Assembly, string Name) type) => enumOf(type)
        ?? Enum.Parse<PrimitiveTypeCode>(Enum.GetUnderlyingType(Type.GetType($"{type.Name}, {type.Assembly}", throwOnError: true)!).Name);

    private (string Assembly, string Name) Report(TypeName type)
    {
        if (type.IsArray || type.IsByRef || type.IsPointer)
        {
            return Report(type.GetElementType());
        }

        foreach (var argument in type.IsConstructedGenericType ? type.GetGenericArguments() : [])
        {
            Report(argument);
        }

        var definition = type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type;
        (string Assembly, string Name) found = (type.AssemblyName?.Name ?? home, definition.FullName);
        saw(found);
        return found;
    }
}
