using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Sluice;

/// <summary>Chooses the codec of each of .NET's collections.</summary>
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
        [typeof(ConcurrentStack<>)] = typeof(ConcurrentStackCodec<>),
        [typeof(ConcurrentBag<>)] = typeof(ConcurrentBagCodec<>),
        [typeof(OrderedDictionary<,>)] = typeof(OrderedDictionaryCodec<,>),
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
