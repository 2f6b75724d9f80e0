using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice;

/// <summary>With its version, so that an enumerator of it stays valid. It need not wait for its elements to be filled.</summary>
internal sealed class ListCodec<T>() : TypeCodec(typeof(List<T>))
{
    internal override IReadOnlyList<FieldSchema> Layout => Values<T>.Codec.Parts;

    internal override void WriteHead(SnapshotWriter writer, object item) => writer.Heads.WriteCount(((List<T>)item).Count);

    internal override void WriteBody(SnapshotWriter writer, object item)
    {
        var list = (List<T>)item;
        writer.Bodies.WriteSigned(Version(list));
        foreach (ref var element in CollectionsMarshal.AsSpan(list))
        {
            Values<T>.Write(writer, ref element);
        }
    }

    internal override object Create(SnapshotReader reader)
    {
        var list = new List<T>();
        CollectionsMarshal.SetCount(list, reader.PromisedCount(Values<T>.Codec.MinBytes));
        return list;
    }

    internal override void ReadBody(SnapshotReader reader, object item)
    {
        var list = (List<T>)item;
        Version(list) = checked((int)reader.Bodies.ReadSigned());
        foreach (ref var element in CollectionsMarshal.AsSpan(list))
        {
            Values<T>.Read(reader, ref element);
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_version")]
    private static extern ref int Version(List<T> list);
}

internal sealed class QueueCodec<T> : ElementsCodec<Queue<T>, T>
{
    private protected override IEnumerable<T> ElementsOf(Queue<T> collection) => collection;

    private protected override void Fill(Queue<T> item, T[] elements, object? comparer) => Construct(item, elements);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    private static extern void Construct(Queue<T> item, IEnumerable<T> elements);
}

internal sealed class StackCodec<T> : ElementsCodec<Stack<T>, T>
{
    private protected override IEnumerable<T> ElementsOf(Stack<T> collection) => collection.Reverse();

    private protected override void Fill(Stack<T> item, T[] elements, object? comparer) => Construct(item, elements);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    private static extern void Construct(Stack<T> item, IEnumerable<T> elements);
}

internal sealed class LinkedListCodec<T> : ElementsCodec<LinkedList<T>, T>
{
    private protected override IEnumerable<T> ElementsOf(LinkedList<T> collection) => collection;

    private protected override void Fill(LinkedList<T> item, T[] elements, object? comparer) => Construct(item, elements);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    private static extern void Construct(LinkedList<T> item, IEnumerable<T> elements);
}

internal sealed class ConcurrentQueueCodec<T> : ElementsCodec<ConcurrentQueue<T>, T>
{
    private protected override IEnumerable<T> ElementsOf(ConcurrentQueue<T> collection) => collection;

    private protected override void Fill(ConcurrentQueue<T> item, T[] elements, object? comparer) => Construct(item, elements);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    private static extern void Construct(ConcurrentQueue<T> item, IEnumerable<T> elements);
}

internal sealed class ConcurrentStackCodec<T> : ElementsCodec<ConcurrentStack<T>, T>
{
    private protected override IEnumerable<T> ElementsOf(ConcurrentStack<T> collection) => collection.Reverse();

    private protected override void Fill(ConcurrentStack<T> item, T[] elements, object? comparer) => Construct(item, elements);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    private static extern void Construct(ConcurrentStack<T> item, IEnumerable<T> elements);
}

internal sealed class ConcurrentBagCodec<T> : ElementsCodec<ConcurrentBag<T>, T>
{
    private protected override IEnumerable<T> ElementsOf(ConcurrentBag<T> collection) => collection.Reverse();

    private protected override void Fill(ConcurrentBag<T> item, T[] elements, object? comparer) => Construct(item, elements);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    private static extern void Construct(ConcurrentBag<T> item, IEnumerable<T> elements);
}

internal sealed class ImmutableListCodec<T> : ElementsCodec<ImmutableList<T>, T>
{
    private protected override IEnumerable<T> ElementsOf(ImmutableList<T> collection) => collection;

    private protected override void Fill(ImmutableList<T> item, T[] elements, object? comparer) => CollectionCodecs.Adopt(item, ImmutableList.Create(elements));
}

internal sealed class ImmutableQueueCodec<T> : ElementsCodec<ImmutableQueue<T>, T>
{
    private protected override IEnumerable<T> ElementsOf(ImmutableQueue<T> collection) => collection;

    private protected override void Fill(ImmutableQueue<T> item, T[] elements, object? comparer) => CollectionCodecs.Adopt(item, ImmutableQueue.Create(elements));
}

internal sealed class ImmutableStackCodec<T> : ElementsCodec<ImmutableStack<T>, T>
{
    private protected override IEnumerable<T> ElementsOf(ImmutableStack<T> collection) => collection.Reverse();

    private protected override void Fill(ImmutableStack<T> item, T[] elements, object? comparer) => CollectionCodecs.Adopt(item, ImmutableStack.Create(elements));
}
