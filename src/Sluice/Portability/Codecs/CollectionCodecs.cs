using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;

namespace Sluice;

/// <summary>Which codec each of .NET's collections has.</summary>
internal static class CollectionCodecs
{
    private static readonly Dictionary<Type, Type> s_codecs = new()
    {
        [typeof(List<>)] = typeof(ListCodec<>),
        [typeof(Queue<>)] = typeof(QueueCodec<>),
        [typeof(Stack<>)] = typeof(StackCodec<>),
        [typeof(LinkedList<>)] = typeof(LinkedListCodec<>),
        [typeof(HashSet<>)] = typeof(HashSetCodec<>),
        [typeof(SortedSet<>)] = typeof(SortedSetCodec<>),
        [typeof(Dictionary<,>)] = typeof(DictionaryCodec<,>),
        [typeof(SortedDictionary<,>)] = typeof(SortedDictionaryCodec<,>),
        [typeof(SortedList<,>)] = typeof(SortedListCodec<,>),
        [typeof(PriorityQueue<,>)] = typeof(PriorityQueueCodec<,>),
        [typeof(ConcurrentDictionary<,>)] = typeof(ConcurrentDictionaryCodec<,>),
        [typeof(ConcurrentQueue<>)] = typeof(ConcurrentQueueCodec<>),
        [typeof(ImmutableList<>)] = typeof(ImmutableListCodec<>),
        [typeof(ImmutableHashSet<>)] = typeof(ImmutableHashSetCodec<>),
        [typeof(ImmutableSortedSet<>)] = typeof(ImmutableSortedSetCodec<>),
        [typeof(ImmutableDictionary<,>)] = typeof(ImmutableDictionaryCodec<,>),
        [typeof(ImmutableSortedDictionary<,>)] = typeof(ImmutableSortedDictionaryCodec<,>),
        [typeof(ImmutableQueue<>)] = typeof(ImmutableQueueCodec<>),
        [typeof(ImmutableStack<>)] = typeof(ImmutableStackCodec<>),
    };

    internal static IEnumerable<Type> Definitions => s_codecs.Keys;

    internal static TypeCodec? Find(Type type) =>
        type.IsGenericType && s_codecs.TryGetValue(type.GetGenericTypeDefinition(), out var codec)
            ? (TypeCodec)Activator.CreateInstance(codec.MakeGenericType(type.GetGenericArguments()), nonPublic: true)!
            : null;

    /// <summary>Runs a constructor on an object that exists already, because others refer to it.</summary>
    internal static void Construct<T>(object item, params object?[] arguments)
        where T : class =>
        (typeof(T).GetConstructors().FirstOrDefault(constructor => constructor.GetParameters() is var parameters && parameters.Length == arguments.Length
            && parameters.Zip(arguments).All(static pair => pair.Second is null ? !pair.First.ParameterType.IsValueType : pair.First.ParameterType.IsInstanceOfType(pair.Second)))
            ?? throw new MissingMethodException(typeof(T).ToString(), ".ctor")).Invoke(item, arguments);

    /// <summary>Makes an object that exists already the same as another that cannot be made in its place.</summary>
    internal static void Adopt<T>(object item, T made)
        where T : class
    {
        foreach (var field in Fields<T>.All)
        {
            field.SetValue(item, field.GetValue(made));
        }
    }
}
