using System.Reflection.Metadata;

namespace Sluice.Layering.Tests;

internal sealed partial class DependencyReader
{
    private void AddBody(Place from, MethodBodyBlock body)
    {
        if (!body.LocalSignature.IsNil)
        {
            _code.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(Types(from, DependencyKind.Local), null);
        }

        foreach (var region in body.ExceptionRegions)
        {
            AddType(from, region.CatchType, DependencyKind.Catch);
        }

        foreach (var (_, token) in Instructions.Tokens(body.GetILReader()))
        {
            AddToken(from, token);
        }
    }

    private void AddToken(Place from, EntityHandle token)
    {
        switch (token.Kind)
        {
            case HandleKind.TypeDefinition or HandleKind.TypeReference or HandleKind.TypeSpecification:
                AddType(from, token, DependencyKind.Code);
                break;
            case HandleKind.FieldDefinition:
                Add(from, PlaceOf(token, _code.GetFieldDefinition((FieldDefinitionHandle)token).GetDeclaringType()), DependencyKind.Code);
                break;
            case HandleKind.MethodDefinition:
                Add(from, PlaceOf(token, _code.GetMethodDefinition((MethodDefinitionHandle)token).GetDeclaringType()), DependencyKind.Code);
                break;
            case HandleKind.MemberReference:
                AddMember(from, _code.GetMemberReference((MemberReferenceHandle)token), DependencyKind.Code);
                break;
            case HandleKind.MethodSpecification:
                var method = _code.GetMethodSpecification((MethodSpecificationHandle)token);
                AddToken(from, method.Method);
                method.DecodeSignature(Types(from, DependencyKind.Code), null);
                break;
            case HandleKind.StandaloneSignature:
                _code.GetStandaloneSignature((StandaloneSignatureHandle)token).DecodeMethodSignature(Types(from, DependencyKind.Code), null);
                break;
            default:
                throw new InvalidDataException($"The code of {from} refers to a {token.Kind}, which this reader does not know.");
        }
    }

    /// <summary>Adds a member of a type elsewhere, or of a generic type that is filled in, and what that is filled in with.</summary>
    private void AddMember(Place from, MemberReference member, DependencyKind kind)
    {
        if (TypeOf(from, member, kind) is not { } type)
        {
            return;
        }

        var name = _code.GetString(member.Name);
        var signature = member.GetKind() == MemberReferenceKind.Method
            ? SignatureReader.TextOf(member.DecodeMethodSignature(SignatureReader.Silent, null))
            : member.DecodeFieldSignature(SignatureReader.Silent, null);
        Add(from, type.Find(name, signature) ?? throw new InvalidDataException($"{from} uses {type.Place}.{name}, of the signature {signature}, which is not there: the assemblies were not built together."), kind);
    }

    /// <summary>The type that a member belongs to; null if it is not the library's. Adds what a generic type is filled in with.</summary>
    private DeclaredType? TypeOf(Place from, MemberReference member, DependencyKind kind)
    {
        switch (member.Parent.Kind)
        {
            case HandleKind.TypeReference or HandleKind.TypeDefinition:
                return library.Find(file, member.Parent);
            case HandleKind.TypeSpecification:
                EntityHandle first = default;
                var text = _code.GetTypeSpecification((TypeSpecificationHandle)member.Parent).DecodeSignature(
                    new SignatureReader(seen =>
                    {
                        first = first.IsNil ? seen : first; // the generic type: it stands before its arguments
                        AddType(from, seen, kind);
                    }),
                    null);
                return first.IsNil || text.EndsWith(']') ? null : library.Find(file, first); // An array's members are the runtime's.
            default:
                throw new InvalidDataException($"{from} uses a member of a {member.Parent.Kind}, which this reader does not know.");
        }
    }

    private Place PlaceOf(EntityHandle member, TypeDefinitionHandle type) => library.Find(file, type)![member];
}
