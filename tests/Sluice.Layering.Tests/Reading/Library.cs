using System.Reflection.Metadata;

namespace Sluice.Layering.Tests;

/// <summary>Some assemblies, all their types, and what depends on what among them.</summary>
internal sealed class Library : IDisposable
{
    private static readonly Lazy<Library> s_sluice = new(static () => Open(Repository.Assemblies.Select(PathOf)));
    private static readonly Lazy<Library> s_fixtures = new(static () => Open([typeof(Library).Assembly.Location]));
    private readonly Dictionary<(string Assembly, string Name), DeclaredType> _types = [];

    private Library(IReadOnlyList<AssemblyFile> assemblies)
    {
        Assemblies = assemblies;
        foreach (var file in assemblies)
        {
            var folders = new SourceFolders(file);
            foreach (var handle in file.Code.TypeDefinitions)
            {
                var type = new DeclaredType(file, folders, handle);
                _types.Add((file.Name, type.Place.Type), type);
            }
        }

        Dependencies = [.. assemblies.SelectMany(file => new DependencyReader(this, file).Read()).Distinct()];
    }

    /// <summary>Every assembly under <c>src</c>.</summary>
    internal static Library Sluice => s_sluice.Value;

    /// <summary>The assembly of these tests, which has types to try the reader with.</summary>
    internal static Library Fixtures => s_fixtures.Value;

    internal IReadOnlyList<AssemblyFile> Assemblies { get; }

    internal IReadOnlyList<Dependency> Dependencies { get; }

    internal IEnumerable<DeclaredType> Types => _types.Values;

    internal static Library Open(IEnumerable<string> paths) => new([.. paths.Select(AssemblyFile.Open)]);

    /// <summary>Finds a type; null if it is of none of these assemblies.</summary>
    internal DeclaredType? Find((string Assembly, string Name) type) => _types.GetValueOrDefault(type);

    /// <summary>Finds the type that a definition or a reference names; null if it is of none of these assemblies.</summary>
    internal DeclaredType? Find(AssemblyFile file, EntityHandle type) => type.Kind switch
    {
        HandleKind.TypeDefinition => _types[(file.Name, TypeNames.Of(file.Code, (TypeDefinitionHandle)type))],
        HandleKind.TypeReference => Find(TypeNames.Of(file.Code, (TypeReferenceHandle)type)),
        _ => throw new InvalidDataException($"A {type.Kind} is not a type's name."),
    };

    private static string PathOf(string assembly)
    {
        var path = Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll");
        return File.Exists(path) ? path : throw new InvalidOperationException($"{path} is missing. Add a ProjectReference to src/{assembly} to Sluice.Layering.Tests.csproj.");
    }

    public void Dispose()
    {
        foreach (var file in Assemblies)
        {
            file.Dispose();
        }
    }
}
