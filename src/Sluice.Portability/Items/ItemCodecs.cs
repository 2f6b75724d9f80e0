namespace Sluice;

/// <summary>Describes how the items of an edge cross to another process. See docs/snapshot-format.md, Items.</summary>
internal static class ItemCodecs
{
    /// <summary>The version of the format of items.</summary>
    internal const int Version = 1;

    /// <summary>The number of kinds of objects that one stream may describe.</summary>
    internal const int MaxKinds = 65_536;

    /// <summary>A writer for one stream of items.</summary>
    /// <exception cref="ArgumentException">Thrown: <paramref name="own"/> is for items of another type.</exception>
    /// <exception cref="NotPortableException">Thrown: items have a type that <paramref name="options"/> do not allow.</exception>
    internal static ItemWriter<T> WriterOf<T>(SnapshotOptions options, ItemCodec? own = null)
    {
        if (own is not null)
        {
            return new OwnItemWriter<T>(As<T>(own));
        }

        if (!TreeTypes.IsTree(typeof(T), options))
        {
            return new GraphItemWriter<T>(options);
        }

        return TreeTypes.FindRefusedType(typeof(T), options) is { } stranger
            ? throw new NotPortableException($"Items of type '{typeof(T)}' cannot be stored: {SnapshotOptions.NotAllowed(stranger)}.", null, null, stranger, SnapshotOptions.NotAllowed(stranger))
            : new InlineItemWriter<T>(InlineCodecs.For<T>(options.UsesReflection), options);
    }

    /// <summary>A reader for one stream of items.</summary>
    /// <exception cref="ArgumentException">Thrown: <paramref name="own"/> is for items of another type.</exception>
    /// <exception cref="SnapshotException">Thrown: items have a type that <paramref name="options"/> do not allow.</exception>
    internal static ItemReader<T> ReaderOf<T>(SnapshotOptions options, ItemCodec? own = null)
    {
        if (own is not null)
        {
            return new OwnItemReader<T>(As<T>(own));
        }

        if (!TreeTypes.IsTree(typeof(T), options))
        {
            return new GraphItemReader<T>(options);
        }

        return TreeTypes.FindRefusedType(typeof(T), options) is { } stranger
            ? throw new SnapshotException($"Items of type '{typeof(T)}' cannot be read: {SnapshotOptions.NotAllowed(stranger)}.")
            : new InlineItemReader<T>(InlineCodecs.For<T>(options.UsesReflection));
    }

    /// <summary>Describes a stream of items, and is sent once before them.</summary>
    internal static byte[] DescriptionOf<T>(SnapshotOptions options, ItemCodec? own = null) => ItemDescription.Of(typeof(T), options, own);

    /// <summary>Checks that what the sender sends is what is read here.</summary>
    /// <exception cref="SnapshotException">Thrown: it is not; the message says what differs.</exception>
    internal static void Verify<T>(byte[] description, SnapshotOptions options, ItemCodec? own = null) =>
        ItemDescription.Verify(description, ItemDescription.Of(typeof(T), options, own));

    private static ItemCodec<T> As<T>(ItemCodec own) =>
        own as ItemCodec<T> ?? throw new ArgumentException($"The codec '{own.GetType()}' is for items of type '{own.ItemType}', not '{typeof(T)}'.", nameof(own));
}
