using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;

namespace Sluice.Layering.Tests;

/// <summary>A built assembly and its symbols, read as data: nothing of it is loaded or run.</summary>
internal sealed class AssemblyFile : IDisposable
{
    private readonly PEReader _image;
    private readonly MetadataReaderProvider _symbols;

    private AssemblyFile(PEReader image, MetadataReaderProvider symbols)
    {
        _image = image;
        _symbols = symbols;
        Code = image.GetMetadataReader();
        Symbols = symbols.GetMetadataReader();
        Name = Code.GetString(Code.GetAssemblyDefinition().Name);
    }

    internal string Name { get; }

    internal MetadataReader Code { get; }

    internal MetadataReader Symbols { get; }

    /// <summary>The assemblies that its manifest refers to.</summary>
    internal IEnumerable<string> References => Code.AssemblyReferences.Select(handle => Code.GetString(Code.GetAssemblyReference(handle).Name));

    /// <summary>The assemblies that may see its internals.</summary>
    internal IEnumerable<string> Friends => Code.GetAssemblyDefinition().GetCustomAttributes().Select(Code.GetCustomAttribute)
        .Where(attribute => attribute.Constructor.Kind == HandleKind.MemberReference
            && Code.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent is { Kind: HandleKind.TypeReference } type
            && TypeNames.Of(Code, (TypeReferenceHandle)type).Name == typeof(InternalsVisibleToAttribute).FullName)
        .Select(attribute => attribute.DecodeValue(new AttributeReader(Name, static _ => null, static _ => { })).FixedArguments[0].Value)
        .Select(static friend => ((string)friend!).Split(',')[0]);

    /// <summary>Opens an assembly, which has a portable PDB of the same name beside it.</summary>
    internal static AssemblyFile Open(string path) => new(
        new PEReader(ImmutableArray.Create(File.ReadAllBytes(path))),
        MetadataReaderProvider.FromPortablePdbImage(ImmutableArray.Create(File.ReadAllBytes(Path.ChangeExtension(path, ".pdb")))));

    /// <summary>The body of a method; null if it has none.</summary>
    internal MethodBodyBlock? BodyOf(MethodDefinition method) => method.RelativeVirtualAddress == 0 ? null : _image.GetMethodBody(method.RelativeVirtualAddress);

    public void Dispose()
    {
        _image.Dispose();
        _symbols.Dispose();
    }
}
