using System.Reflection;
using System.Reflection.Metadata;

namespace Sluice.Layering.Tests;

/// <summary>A type of an assembly that was read, with its members.</summary>
internal sealed class DeclaredType
{
    private readonly Dictionary<(string Name, string Signature), Place> _members = [];
    private readonly Dictionary<EntityHandle, Place> _places = [];

    internal DeclaredType(AssemblyFile file, SourceFolders folders, TypeDefinitionHandle handle)
    {
        File = file;
        Handle = handle;
        Definition = file.Code.GetTypeDefinition(handle);
        Place = new Place(file.Name, TypeNames.Of(file.Code, handle), null, folders.Of(handle), IsVisible(file.Code, handle));

        foreach (var method in Definition.GetMethods())
        {
            var definition = file.Code.GetMethodDefinition(method);
            Add(method, file.Code.GetString(definition.Name), SignatureReader.TextOf(definition.DecodeSignature(SignatureReader.Silent, null)), folders.Of(method),
                (definition.Attributes & MethodAttributes.MemberAccessMask) is MethodAttributes.Public or MethodAttributes.Family or MethodAttributes.FamORAssem);
        }

        foreach (var field in Definition.GetFields())
        {
            var definition = file.Code.GetFieldDefinition(field);
            Add(field, file.Code.GetString(definition.Name), definition.DecodeSignature(SignatureReader.Silent, null), folders.Of(field),
                (definition.Attributes & FieldAttributes.FieldAccessMask) is FieldAttributes.Public or FieldAttributes.Family or FieldAttributes.FamORAssem);
        }
    }

    internal AssemblyFile File { get; }

    internal TypeDefinitionHandle Handle { get; }

    internal TypeDefinition Definition { get; }

    internal Place Place { get; }

    internal IEnumerable<Place> Members => _places.Values;

    /// <summary>The place of a method or a field that the type declares.</summary>
    internal Place this[EntityHandle member] => _places[member];

    /// <summary>Finds a method or a field by its signature as <see cref="SignatureReader"/> writes it.</summary>
    internal Place? Find(string name, string signature) => _members.GetValueOrDefault((name, signature));

    /// <summary>Finds the method that one of a derived type overrides. Its signature may name type parameters that the derived type
    /// has filled in, so the number of parameters decides.</summary>
    internal Place? FindVirtual(string name, int parameters) => Definition.GetMethods()
        .Where(handle => File.Code.GetMethodDefinition(handle) is var method && method.Attributes.HasFlag(MethodAttributes.Virtual)
            && File.Code.StringComparer.Equals(method.Name, name) && method.DecodeSignature(SignatureReader.Silent, null).ParameterTypes.Length == parameters)
        .Select(handle => _places[handle])
        .FirstOrDefault();

    private void Add(EntityHandle handle, string name, string signature, string? folder, bool isPublic)
    {
        var place = new Place(Place.Assembly, Place.Type, name, folder, isPublic && Place.IsPublic);
        _places.Add(handle, place);
        _members.Add((name, signature), place);
    }

    private static bool IsVisible(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        return (type.Attributes & TypeAttributes.VisibilityMask) switch
        {
            TypeAttributes.Public => true,
            TypeAttributes.NestedPublic or TypeAttributes.NestedFamily or TypeAttributes.NestedFamORAssem => IsVisible(reader, type.GetDeclaringType()),
            _ => false,
        };
    }
}
