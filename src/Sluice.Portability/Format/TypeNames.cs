using System.Buffers;
using System.Collections.Concurrent;
using System.Reflection;
using System.Text;

namespace Sluice;

/// <summary>Types as bytes: assembly, name and arguments, without versions and without what depends on unrelated code.</summary>
internal static class TypeNames
{
    /// <summary>The depth to which types may be nested in each other. Reading goes as deep on the stack.</summary>
    internal const int MaxDepth = 32;

    /// <summary>The number of types that one name may stand for: those whose names differ only in the compiler's numbers.</summary>
    private const int MaxCandidates = 1000;

    private const BindingFlags Nested = BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly SearchValues<char> s_notation = SearchValues.Create("[]*&,\\");

    /// <summary>Looked through once for each type, since a type may have a thousand closures.</summary>
    private static readonly ConcurrentDictionary<Type, ILookup<string, Type>> s_nested = new();

    internal static void Write(ByteSink to, Type type)
    {
        if (type.IsArray)
        {
            to.WriteByte((byte)(type.IsSZArray ? 1 : 1 + type.GetArrayRank()));
            Write(to, type.GetElementType()!);
            return;
        }

        to.WriteByte(0);
        to.WriteText(type.Assembly.GetName().Name);
        to.WriteText(NameOf(type));
        var arguments = type.GetGenericArguments();
        to.WriteCount(arguments.Length);
        foreach (var argument in arguments)
        {
            Write(to, argument);
        }
    }

    /// <summary>The types that this can be: usually one. Only those that the reader allows.</summary>
    internal static IEnumerable<Type> Read(ByteSource from, SnapshotOptions options) => Read(from, options, 0).Take(MaxCandidates);

    /// <summary>The same for a field, whose type may be any, since no object is made of it.</summary>
    internal static IEnumerable<Type> ReadField(ByteSource from, SnapshotOptions options) => Read(from, options, 0, isField: true);

    /// <summary>The same for people, whether there is such a type or not.</summary>
    internal static string ReadText(ByteSource from, int depth = 0)
    {
        if (depth > MaxDepth)
        {
            throw ByteSource.Truncated();
        }

        var rank = from.ReadByte();
        if (rank > 0)
        {
            return $"{ReadText(from, depth + 1)}[{new string(',', rank <= MaxDepth ? Math.Max(0, rank - 2) : 0)}]";
        }

        from.ReadText(); // the assembly
        var name = from.ReadText();
        var arguments = new string[from.ReadCount()];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = ReadText(from, depth + 1);
        }

        return arguments.Length == 0 ? name : $"{name}<{string.Join(", ", arguments)}>";
    }

    private static IEnumerable<Type> Read(ByteSource from, SnapshotOptions options, int depth, bool isField = false)
    {
        if (depth > MaxDepth)
        {
            throw new SnapshotException($"The snapshot is damaged: types are nested more than {MaxDepth} deep.");
        }

        var rank = from.ReadByte();
        if (rank > 0)
        {
            var elements = Read(from, options, depth + 1, isField);
            return rank > MaxDepth ? throw ByteSource.Truncated() : elements.Select(element => rank == 1 ? element.MakeArrayType() : element.MakeArrayType(rank - 1));
        }

        var assemblyName = from.ReadText();
        var name = from.ReadText();
        var arguments = new List<Type>[from.ReadCount()];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = [.. Read(from, options, depth + 1, isField).Take(MaxCandidates)];
        }

        var assembly = options.FindAssembly(assemblyName) ?? (isField ? Loaded(assemblyName) : null) ?? throw NotAllowed(assemblyName, name, options);
        var found = Find(assembly, name).Where(type => type.GetGenericArguments().Length == arguments.Length).ToList();
        if (found.Count == 0)
        {
            throw new SnapshotException($"The snapshot was made by other code: there is no type '{name}' in '{assemblyName}' here.");
        }

        if (!isField)
        {
            found.RemoveAll(type => !options.Allows(type));
        }

        return found.Count == 0 ? throw NotAllowed(assemblyName, name, options) : arguments.Length == 0 ? found : Closings(found, arguments);
    }

    private static Assembly? Loaded(string name) => AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(assembly => assembly.GetName().Name == name);

    private static SnapshotException NotAllowed(string assembly, string type, SnapshotOptions options) =>
        options.FindAssembly(assembly) is null && options.AllowedAssemblies.FirstOrDefault(other => Find(other, type).Any()) is { } renamed
            ? new($"The snapshot has a '{type}' of '{assembly}', an assembly that this program does not have. Its '{renamed.GetName().Name}' has a type of that name: if it was renamed, give it its old name (AssemblyName in the project), by which snapshots find their types.")
        : new($"The snapshot has a '{type}' of '{assembly}', a type that this program does not allow in snapshots. If you trust it, add its assembly to {nameof(SnapshotOptions)}.{nameof(SnapshotOptions.AllowedAssemblies)}.");

    /// <summary>All that go with these arguments: of closures whose names differ in the compiler's numbers only, some may have other constraints.</summary>
    private static IEnumerable<Type> Closings(List<Type> definitions, List<Type>[] choices)
    {
        var (hasFound, refusal) = (false, (SnapshotException?)null);
        foreach (var definition in definitions)
        {
            foreach (var arguments in Combinations(choices))
            {
                var (closed, refused) = Close(definition, arguments);
                refusal ??= refused;
                if (closed is not null)
                {
                    hasFound = true;
                    yield return closed;
                }
            }
        }

        if (!hasFound && refusal is not null)
        {
            throw refusal;
        }
    }

    private static (Type? Closed, SnapshotException? Refusal) Close(Type definition, Type[] arguments)
    {
        try
        {
            return (definition.MakeGenericType(arguments), null);
        }
        catch (ArgumentException error)
        {
            return (null, new SnapshotException($"The snapshot was made by other code: '{definition}' does not take these type arguments.", error));
        }
    }

    private static IEnumerable<Type[]> Combinations(List<Type>[] choices)
    {
        IEnumerable<Type[]> all = [[]];
        foreach (var choice in choices)
        {
            all = all.SelectMany(some => choice.Select(next => (Type[])[.. some, next]));
        }

        return all;
    }

    private static string NameOf(Type type)
    {
        var text = new StringBuilder(type.DeclaringType is { } outer ? NameOf(outer) + "+" : type.Namespace is { } space ? space + "." : "");
        return text.Append(CodeNames.Stable(type.Name)).ToString();
    }

    /// <summary>The types of this name; of the runtime's own notation only plain names are understood.</summary>
    private static IEnumerable<Type> Find(Assembly assembly, string name)
    {
        if (name.AsSpan().ContainsAny(s_notation))
        {
            return []; // what the runtime would take for arrays, pointers, or types of other assemblies, which it would load
        }

        var parts = name.Split('+');
        var outermost = parts[0].Contains('<', StringComparison.Ordinal)
            ? assembly.GetTypes().Where(type => !type.IsNested && NameOf(type) == parts[0])
            : assembly.GetType(parts[0]) is { } one ? [one] : [];
        return parts.Skip(1).Aggregate(outermost, static (types, part) =>
            types.SelectMany(type => s_nested.GetOrAdd(type, static type => type.GetNestedTypes(Nested).ToLookup(static nested => CodeNames.Stable(nested.Name), StringComparer.Ordinal))[part]));
    }
}
