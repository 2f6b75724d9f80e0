using System.Reflection.Metadata;

namespace Sluice.Layering.Tests;

internal sealed partial class DependencyReader
{
    private Dictionary<EntityHandle, EntityHandle>? _owners;

    private void AddAttribute(CustomAttribute attribute)
    {
        if (OwnerOf(attribute.Parent) is not { } from)
        {
            return; // of the assembly or the module
        }

        if (attribute.Constructor.Kind == HandleKind.MemberReference)
        {
            AddMember(from, _code.GetMemberReference((MemberReferenceHandle)attribute.Constructor), DependencyKind.Attribute);
        }
        else
        {
            Add(from, PlaceOf(attribute.Constructor, _code.GetMethodDefinition((MethodDefinitionHandle)attribute.Constructor).GetDeclaringType()), DependencyKind.Attribute);
        }

        attribute.DecodeValue(new AttributeReader(file.Name, EnumOf, seen =>
        {
            if (library.Find(seen) is { } type)
            {
                Add(from, type.Place, DependencyKind.AttributeArgument);
            }
        }));
    }

    /// <summary>The type or the member that an attribute belongs to; null if it is the assembly or the module.</summary>
    private Place? OwnerOf(EntityHandle parent)
    {
        switch (parent.Kind)
        {
            case HandleKind.AssemblyDefinition or HandleKind.ModuleDefinition:
                return null;
            case HandleKind.TypeDefinition:
                return library.Find(file, parent)!.Place;
            case HandleKind.FieldDefinition:
                return PlaceOf(parent, _code.GetFieldDefinition((FieldDefinitionHandle)parent).GetDeclaringType());
            case HandleKind.MethodDefinition:
                return PlaceOf(parent, _code.GetMethodDefinition((MethodDefinitionHandle)parent).GetDeclaringType());
            case HandleKind.GenericParameter:
                return OwnerOf(_code.GetGenericParameter((GenericParameterHandle)parent).Parent);
            case HandleKind.GenericParameterConstraint:
                return OwnerOf(_code.GetGenericParameterConstraint((GenericParameterConstraintHandle)parent).Parameter);
            case HandleKind.PropertyDefinition:
                var accessors = _code.GetPropertyDefinition((PropertyDefinitionHandle)parent).GetAccessors();
                return OwnerOf(accessors.Getter.IsNil ? accessors.Setter : accessors.Getter);
            case HandleKind.EventDefinition:
                return OwnerOf(_code.GetEventDefinition((EventDefinitionHandle)parent).GetAccessors().Adder);
            case HandleKind.Parameter or HandleKind.InterfaceImplementation:
                return OwnerOf((_owners ??= FindOwners())[parent]);
            default:
                throw new InvalidDataException($"An attribute of a {parent.Kind}, which this reader does not know.");
        }
    }

    /// <summary>The method of each parameter, and the type of each interface that is implemented: the tables lead only the other way.</summary>
    private Dictionary<EntityHandle, EntityHandle> FindOwners()
    {
        Dictionary<EntityHandle, EntityHandle> owners = [];
        foreach (var method in _code.MethodDefinitions)
        {
            foreach (var parameter in _code.GetMethodDefinition(method).GetParameters())
            {
                owners.Add(parameter, method);
            }
        }

        foreach (var type in _code.TypeDefinitions)
        {
            foreach (var implementation in _code.GetTypeDefinition(type).GetInterfaceImplementations())
            {
                owners.Add(implementation, type);
            }
        }

        return owners;
    }

    private PrimitiveTypeCode? EnumOf((string Assembly, string Name) type) => library.Find(type) is not { } found ? null
        : found.Definition.GetFields().Select(found.File.Code.GetFieldDefinition)
            .Where(static field => !field.Attributes.HasFlag(System.Reflection.FieldAttributes.Static))
            .Select(static field => Enum.Parse<PrimitiveTypeCode>(field.DecodeSignature(SignatureReader.Silent, null)))
            .Single();
}
