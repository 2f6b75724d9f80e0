using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>Finds the types that have only values that are trees: no object in them can be of another type than declared, or be
/// reached from itself. An object that is in two places of a tree becomes two.</summary>
internal static class TreeTypes
{
    /// <summary>The depth to which the types of a tree may be nested in each other. Writing and reading go as deep on the stack.</summary>
    private const int MaxHeight = 24;

    private const int NoTree = int.MaxValue;

    /// <summary>Only of trees: whether something else is found to be none depends on where the search began.</summary>
    private static readonly ConcurrentDictionary<Type, int> s_heights = new();

    /// <summary>Returns whether it is a tree, and no object outside of snapshots can be in it.</summary>
    internal static bool IsTree(Type type, SnapshotOptions options) =>
        HeightOf(type, []) <= MaxHeight
        && (options.Outside.Count == 0 || !TypesIn(type).Intersect(options.Outside.Values.Select(static item => item.GetType())).Any());

    /// <summary>The type of an object in the tree that snapshots may not have.</summary>
    internal static Type? FindRefusedType(Type tree, SnapshotOptions options) =>
        TypesIn(tree).Where(type => type == tree || !type.IsValueType).Select(options.FindRefusedType).FirstOrDefault(static type => type is not null);

    private static HashSet<Type> TypesIn(Type tree)
    {
        var found = new HashSet<Type> { tree };
        var left = new Stack<IReadOnlyList<FieldSchema>>([InlineCodecs.For(tree, byReflection: true).Parts]);
        while (left.TryPop(out var fields))
        {
            foreach (var field in fields.Where(field => found.Add(field.Type)))
            {
                left.Push(field.Parts);
            }
        }

        return found;
    }

    private static int HeightOf(Type type, HashSet<Type> within)
    {
        if (InlineCodecs.IsPlain(type) || type.IsEnum)
        {
            return 1;
        }

        if (s_heights.TryGetValue(type, out var known))
        {
            return known;
        }

        if (within.Count > 4 * MaxHeight || !within.Add(type))
        {
            return NoTree;
        }

        if (PartsOf(type) is not { } parts)
        {
            return NoTree;
        }

        var height = 1;
        foreach (var part in parts)
        {
            var inner = HeightOf(part, within);
            if (inner == NoTree)
            {
                return NoTree; // the search is over
            }

            height = Math.Max(height, inner + 1);
        }

        within.Remove(type);
        return s_heights[type] = height;
    }

    /// <summary>The types that a value is made of; null if it may be anything.</summary>
    private static IEnumerable<Type>? PartsOf(Type type)
    {
        if (type.IsSZArray)
        {
            return [type.GetElementType()!];
        }

        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        if (definition == typeof(Nullable<>) || definition == typeof(List<>) || InlineCodecs.IsMemory(type))
        {
            return [type.GetGenericArguments()[0]];
        }

        if (definition == typeof(List<>.Enumerator) || type.IsPointer || type.IsByRefLike || !type.IsSealed)
        {
            return null; // an enumerator needs its own list
        }

        var codec = (type.IsValueType ? ValueCodec.For(type).GetType() : TypeCodec.For(type).GetType()) is { IsGenericType: true } generic ? generic.GetGenericTypeDefinition() : null;
        return (type.IsValueType ? codec == typeof(StructCodec<>) : codec == typeof(ObjectCodec<>) && TypeCodec.For(type).Refusal is null)
            ? FieldsOf(type) : null;
    }

    private static IEnumerable<Type> FieldsOf(Type type)
    {
        var fields = typeof(Fields<>).MakeGenericType(type);
        return ((IReadOnlyList<System.Reflection.FieldInfo>)fields.GetProperty(nameof(Fields<int>.All), System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)!.GetValue(null)!).Select(static field => field.FieldType);
    }
}
