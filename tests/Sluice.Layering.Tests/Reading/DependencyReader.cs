using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Sluice.Layering.Tests;

/// <summary>Finds what the types of one assembly depend on: in declarations here, in attributes and code by its other parts.</summary>
/// <remarks>Not to be seen in an assembly: constants, which the compiler copies, and <c>nameof</c>.</remarks>
internal sealed partial class DependencyReader(Library library, AssemblyFile file)
{
    private readonly List<Dependency> _found = [];
    private readonly MetadataReader _code = file.Code;

    internal IReadOnlyList<Dependency> Read()
    {
        foreach (var handle in _code.TypeDefinitions)
        {
            var type = library.Find(file, handle)!;
            AddDeclaration(type);
            foreach (var field in type.Definition.GetFields())
            {
                AddField(type, field);
            }

            foreach (var method in type.Definition.GetMethods())
            {
                AddMethod(type, method);
            }
        }

        foreach (var attribute in _code.CustomAttributes)
        {
            AddAttribute(_code.GetCustomAttribute(attribute));
        }

        return _found;
    }

    private void AddDeclaration(DeclaredType type)
    {
        AddType(type.Place, type.Definition.BaseType, DependencyKind.BaseType);
        foreach (var implementation in type.Definition.GetInterfaceImplementations())
        {
            AddType(type.Place, _code.GetInterfaceImplementation(implementation).Interface, DependencyKind.Interface);
        }

        AddConstraints(type.Place, type.Definition.GetGenericParameters());
    }

    private void AddField(DeclaredType type, FieldDefinitionHandle handle)
    {
        var field = _code.GetFieldDefinition(handle);
        if (field.Attributes.HasFlag(FieldAttributes.Static) && TypeNames.IsGenerated(TypeNames.Simple(type.Place.Type)))
        {
            return; // Keeps a delegate for a method elsewhere, whose code names all that the field's type does.
        }

        field.DecodeSignature(Types(type[handle], DependencyKind.Field), null);
    }

    private void AddMethod(DeclaredType type, MethodDefinitionHandle handle)
    {
        var method = _code.GetMethodDefinition(handle);
        var place = type[handle];
        var signature = method.DecodeSignature(Types(place, DependencyKind.Signature), null);
        AddConstraints(place, method.GetGenericParameters());
        if (method.Attributes.HasFlag(MethodAttributes.Virtual) && !method.Attributes.HasFlag(MethodAttributes.NewSlot))
        {
            AddOverridden(place, type, signature.ParameterTypes.Length);
        }

        if (file.BodyOf(method) is { } body)
        {
            AddBody(place, body);
        }
    }

    private void AddConstraints(Place from, GenericParameterHandleCollection parameters)
    {
        foreach (var constraint in parameters.SelectMany(parameter => _code.GetGenericParameter(parameter).GetConstraints()))
        {
            AddType(from, _code.GetGenericParameterConstraint(constraint).Type, DependencyKind.Constraint);
        }
    }

    private void AddOverridden(Place from, DeclaredType type, int parameters)
    {
        for (var above = BaseOf(type); above is not null; above = BaseOf(above))
        {
            if (above.FindVirtual(from.Member!, parameters) is { } overridden)
            {
                Add(from, overridden, DependencyKind.Override);
                return;
            }
        }
    }

    private DeclaredType? BaseOf(DeclaredType type)
    {
        EntityHandle definition = default;
        var handle = type.Definition.BaseType;
        if (handle.Kind == HandleKind.TypeSpecification)
        {
            // The first type that an instantiation names is its generic type.
            type.File.Code.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(new SignatureReader(seen => definition = definition.IsNil ? seen : definition), null);
            handle = definition;
        }

        return handle.IsNil ? null : library.Find(type.File, handle);
    }

    /// <summary>A reader of signatures that adds each type that it sees.</summary>
    private SignatureReader Types(Place from, DependencyKind kind) => new(seen => AddType(from, seen, kind));

    private void AddType(Place from, EntityHandle type, DependencyKind kind)
    {
        if (type.IsNil)
        {
            return;
        }

        if (type.Kind == HandleKind.TypeSpecification)
        {
            _code.GetTypeSpecification((TypeSpecificationHandle)type).DecodeSignature(Types(from, kind), null);
        }
        else if (library.Find(file, type) is { } found)
        {
            Add(from, found.Place, kind);
        }
    }

    private void Add(Place from, Place to, DependencyKind kind)
    {
        var isOwnMachinery = TypeNames.IsMachinery(to.Type) && TypeNames.Written(from.Type) == TypeNames.Written(to.Type); // its own closures and state machines
        if (from.Assembly != to.Assembly || (from.Type != to.Type && !isOwnMachinery))
        {
            _found.Add(new Dependency(from, to, kind));
        }
    }
}
