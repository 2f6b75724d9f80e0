using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Sluice;

/// <summary>Options for capturing and resuming coroutines.</summary>
/// <remarks>Thread safety: fill it before its first use; from then on it may be used by any number of threads.</remarks>
public sealed class SnapshotOptions
{
    /// <summary>The number of kinds of types that are remembered as verified.</summary>
    private const int MaxVerified = 10_000;

    private readonly ConcurrentDictionary<SchemaBytes, TypeCodec> _verified = new();
    private Dictionary<string, Assembly>? _assemblies;

    /// <summary>The options that are used where none are given.</summary>
    internal static SnapshotOptions Default { get; } = new();

    /// <summary>The assemblies whose types a snapshot may have, beside this library's and the fixed list of types from .NET
    /// itself. Default: the application's own projects, as its <c>.deps.json</c> lists them, else the entry assembly.</summary>
    /// <remarks>Reading a snapshot makes objects of these types without calling their constructors, and resuming it runs
    /// their code. Add an assembly only if its code may be run with any values.</remarks>
    public ISet<Assembly> AllowedAssemblies { get; } = new HashSet<Assembly>(OwnAssemblies.All);

    /// <summary>Objects that stay outside of snapshots, by a name each. Default none. Where a coroutine refers to one of them
    /// only the name is stored; the side that resumes gives an object for that name.</summary>
    /// <remarks>For what cannot move: the target that results go to, a connection, a logger.</remarks>
    public IDictionary<string, object> Outside { get; } = new Dictionary<string, object>(StringComparer.Ordinal);

    /// <summary>This library's assemblies that the program lists among its dependencies. Every snapshot may have their types. A program that loads
    /// applications into contexts of their own has to share them, so that a type is the same in each.</summary>
    public static IReadOnlyCollection<Assembly> SharedAssemblies => LibraryAssemblies.All;

    /// <summary>Loads an application's own assemblies: those made from its projects, as its <c>.deps.json</c> lists them. They are what
    /// <see cref="AllowedAssemblies"/> should have for snapshots of that application.</summary>
    /// <param name="program">The path of the application's program; its list of dependencies is beside it.</param>
    /// <param name="load">Loads an assembly in the application's context. One that is not there is left out.</param>
    /// <returns>The assemblies; loaded as they are enumerated.</returns>
    /// <exception cref="ArgumentNullException">Thrown: an argument is null.</exception>
    /// <exception cref="IOException">Thrown, also as a derived type: the list of dependencies cannot be read.</exception>
    /// <exception cref="InvalidDataException">Thrown: it is no such list.</exception>
    public static IEnumerable<Assembly> AssembliesOf(string program, Func<AssemblyName, Assembly> load)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(load);
        return OwnAssemblies.Of(program, load);
    }

    /// <summary>Fields are read and written by reflection, as where code cannot be emitted; for tests of that.</summary>
    internal bool UsesReflection { get; init; } = !System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported;

    /// <summary>The time between capture and resume that counts for waits and for <see cref="ElapsedTime"/>. Default none.</summary>
    internal TimeSpan Downtime { get; init; }

    /// <summary>What is read is only shown: objects that stayed outside need not be there, and nothing is resumed.</summary>
    internal bool IsToDescribe { get; init; }

    /// <summary>The same options, to which more objects can be added that stay outside.</summary>
    internal SnapshotOptions Copy(TimeSpan? downtime = null)
    {
        var copy = new SnapshotOptions { UsesReflection = UsesReflection, Downtime = downtime ?? Downtime, IsToDescribe = IsToDescribe };
        copy.AllowedAssemblies.Clear();
        copy.AllowedAssemblies.UnionWith(AllowedAssemblies);
        foreach (var (name, item) in Outside)
        {
            copy.Outside.Add(name, item);
        }

        return copy;
    }

    /// <summary>The assembly, if snapshots may have any of its types.</summary>
    internal Assembly? FindAssembly(string name)
    {
        _assemblies ??= AllowedAssemblies.Concat(LibraryAssemblies.All).Concat(PortableTypes.Assemblies).DistinctBy(NameOf).ToDictionary(NameOf, StringComparer.Ordinal);
        return _assemblies.GetValueOrDefault(name);
    }

    /// <summary>Returns whether snapshots may have the type, apart from its arguments.</summary>
    internal bool Allows(Type type) =>
        AllowedAssemblies.Contains(type.Assembly) || LibraryAssemblies.Contains(type.Assembly) || PortableTypes.IsListed(type);

    /// <summary>The type, or the one in it, that snapshots may not have; null if they may.</summary>
    internal Type? FindRefusedType(Type type) => type.HasElementType ? FindRefusedType(type.GetElementType()!)
        : !Allows(type.IsGenericType ? type.GetGenericTypeDefinition() : type) ? type
        : type.GetGenericArguments().Select(FindRefusedType).FirstOrDefault(static argument => argument is not null);

    /// <summary>The reason why it may not be in a snapshot, and the way out.</summary>
    internal static string NotAllowed(Type stranger) =>
        PortableTypes.Refusal(stranger) ?? $"'{stranger}' is not a type that snapshots may have. Add its assembly to {nameof(SnapshotOptions)}.{nameof(AllowedAssemblies)} where it is captured and where it is resumed";

    internal bool TryGetVerified(SchemaBytes schema, [NotNullWhen(true)] out TypeCodec? codec) => _verified.TryGetValue(schema, out codec);

    internal void AddVerified(SchemaBytes schema, TypeCodec codec)
    {
        if (_verified.Count >= MaxVerified)
        {
            _verified.Clear(); // types can be combined without end; that costs time then, not memory
        }

        _verified[schema] = codec;
    }

    private static string NameOf(Assembly assembly) => assembly.GetName().Name!;
}
