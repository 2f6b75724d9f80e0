using System.Reflection;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>A collection: what it is ordered or hashed by, its elements, and how to make it of them again.</summary>
/// <remarks>It is rebuilt when all objects are filled, since the hash or the order of an element depends on what is in it.</remarks>
internal abstract class ElementsCodec<TCollection, TElement>() : TypeCodec(typeof(TCollection))
    where TCollection : class
{
    internal override IReadOnlyList<FieldSchema> Layout => Values<TElement>.Codec.Parts;

    internal override bool DependsOnElements => OrderedBy is { IsEnum: false } type && type != typeof(string) && !PlainValues.Has(type);

    /// <summary>The type that is hashed or compared to build it; null if none is.</summary>
    private protected virtual Type? OrderedBy => null;

    internal override void WriteBody(SnapshotWriter writer, object item)
    {
        var collection = (TCollection)item;
        writer.Reference(ComparerOf(collection));
        TElement[] elements = [.. ElementsOf(collection)];
        if (FindFault(elements, ComparerOf(collection)) is { } reason)
        {
            throw writer.Refuse(reason, Type);
        }

        RefuseIfNotMadeAgain(writer, collection, elements);
        writer.Bodies.WriteCount(elements.Length);
        foreach (ref var element in elements.AsSpan())
        {
            Values<TElement>.Write(writer, ref element);
        }
    }

    internal override void ReadBody(SnapshotReader reader, object item)
    {
        var comparer = reader.Reference();
        var elements = new TElement[reader.Bodies.ReadCount(Values<TElement>.Codec.MinBytes)];
        foreach (ref var element in elements.AsSpan())
        {
            Values<TElement>.Read(reader, ref element);
        }

        reader.Rebuild(() =>
        {
            if (FindFault(elements, comparer) is { } reason)
            {
                throw new SnapshotException($"The snapshot is damaged: a '{Type}' cannot be made again, {reason}.");
            }

            Fill((TCollection)item, elements, comparer);
            if (item is IReadOnlyCollection<TElement> made && made.Count != elements.Length)
            {
                throw new SnapshotException("The snapshot is damaged: a set has the same element twice.");
            }
        });
    }

    /// <summary>Elements that were changed since they were put in may be equal now, or not be comparable: then the collection that is made of
    /// them is another one, or none.</summary>
    private void RefuseIfNotMadeAgain(SnapshotWriter writer, TCollection collection, TElement[] elements)
    {
        if (!DependsOnElements)
        {
            return;
        }

        var copy = (TCollection)RuntimeHelpers.GetUninitializedObject(collection.GetType());
        string? reason = null;
        try
        {
            Fill(copy, elements, ComparerOf(collection));
            reason = copy is IReadOnlyCollection<TElement> made && made.Count != elements.Length ? "two of them are equal" : null;
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            reason = error.Message.TrimEnd('.');
        }

        if (reason is not null)
        {
            throw writer.Refuse($"its elements have changed since they were put in, so it cannot be made again of them ({reason}). Do not change what is a key, or take it out first", Type);
        }
    }

    /// <summary>The reason why its keys must not be hashed or compared. A comparer of the application knows what it looks at.</summary>
    private string? FindFault(TElement[] elements, object? comparer) =>
        OrderedBy is { } key && KeyNesting.MayNest(key) && (comparer is null || SingletonCodec.Find(comparer) is { Type.IsGenericType: true })
            ? KeyNesting.FindFault(KeysOf(elements, key))
            : null;

    private static IEnumerable<object?> KeysOf(TElement[] elements, Type key)
    {
        // A pair is of a key and a value, or of an element and its priority: by position, since tuples have no names.
        var part = key == typeof(TElement) ? null : typeof(TElement).GetField("Item2") ?? typeof(TElement).GetField("key", BindingFlags.NonPublic | BindingFlags.Instance)!;
        return elements.Select(element => part is null ? element : part.GetValue(element));
    }

    /// <summary>In the order in which <see cref="Fill"/> takes them.</summary>
    private protected abstract IEnumerable<TElement> ElementsOf(TCollection collection);

    private protected virtual object? ComparerOf(TCollection collection) => null;

    /// <summary>The collection exists already, since others refer to it, but nothing has run on it: its constructor is called first.</summary>
    private protected abstract void Fill(TCollection item, TElement[] elements, object? comparer);
}
