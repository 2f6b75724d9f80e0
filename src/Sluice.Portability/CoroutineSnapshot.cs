using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Sluice;

/// <summary>A suspended coroutine as a value: where it waits, its variables, and all that it refers to. What
/// <see cref="SnapshotExtensions.SnapshotAsync"/> and <see cref="SnapshotExtensions.Snapshot"/> give.</summary>
/// <remarks>
/// <para>It can be resumed any number of times, here or in another process that runs the same code; each time with objects of
/// its own. Objects that were shared in the original are shared in each copy.</para>
/// <para>Needs a runtime that can compile code: not for Native AOT. Thread safety: immutable.</para>
/// </remarks>
[DebuggerDisplay("{Length} bytes, {_count} objects")]
public sealed class CoroutineSnapshot
{
    private readonly byte[] _bytes;
    private readonly TypeCodec[] _types;
    private readonly int _count;
    private readonly int _heads;
    private readonly int _bodies;
    private readonly SnapshotOptions _options;

    internal CoroutineSnapshot(byte[] bytes, TypeCodec[] types, int count, int heads, int bodies, SnapshotOptions options)
    {
        _bytes = bytes;
        _types = types;
        _count = count;
        _heads = heads;
        _bodies = bodies;
        _options = options;
    }

    /// <summary>The number of bytes that it takes.</summary>
    public int Length => _bytes.Length;

    /// <summary>Reads a snapshot. All that it needs is looked at here: whether it is whole, of a known format, of types that are
    /// allowed, and made by the same code. Nothing of it is made or run before <see cref="Resume{T}"/>.</summary>
    /// <param name="bytes">What <see cref="ToBytes"/> gave.</param>
    /// <param name="options">Which types are allowed, and what stayed outside; default the application's own types, and nothing.</param>
    /// <returns>The snapshot.</returns>
    /// <exception cref="SnapshotException">Thrown: the bytes are damaged, of another format, made by other code, or have types
    /// that are not allowed.</exception>
    [RequiresUnreferencedCode("The types in a snapshot are found by name.")]
    [RequiresDynamicCode("Codecs are compiled for the types in a snapshot.")]
    public static CoroutineSnapshot Parse(ReadOnlySpan<byte> bytes, SnapshotOptions? options = null) => SnapshotFormat.Parse(bytes.ToArray(), options ?? SnapshotOptions.Default);

    /// <summary>The snapshot as bytes, to store or to send.</summary>
    /// <returns>A copy.</returns>
    public byte[] ToBytes() => (byte[])_bytes.Clone();

    /// <summary>Makes the coroutine again, waiting where it waited. Nothing of it runs before the next send.</summary>
    /// <remarks>Inside a stage it shares the stage's strand, as with <see cref="Target.Start{T}"/>.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <returns>Where to send items.</returns>
    /// <exception cref="SnapshotException">Thrown: what is in the snapshot does not fit together.</exception>
    /// <exception cref="InvalidOperationException">Thrown: the coroutine takes items of another type, or it is a generator.</exception>
    public CoroutineTarget<T> Resume<T>() => Read<CoroutineTarget<T>>();

    /// <summary>The same for a coroutine with a result.</summary>
    /// <inheritdoc cref="Resume{T}"/>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <typeparam name="TResult">The type of its result.</typeparam>
    public CoroutineTarget<T, TResult> Resume<T, TResult>() => Read<CoroutineTarget<T, TResult>>();

    /// <summary>Makes the generator again, waiting at the yield where it waited, or not started.</summary>
    /// <typeparam name="TGenerator">What it is: <see cref="Generator{TOut}"/> or one with more arguments.</typeparam>
    /// <returns>The generator.</returns>
    /// <exception cref="SnapshotException">Thrown: what is in the snapshot does not fit together.</exception>
    /// <exception cref="InvalidOperationException">Thrown: the snapshot is of something else.</exception>
    public TGenerator ResumeGenerator<TGenerator>()
        where TGenerator : class => Read<TGenerator>();

    /// <summary>The snapshot for people: each coroutine in it, at which await it waits (with the line, if the program's symbols
    /// are there), and its variables. The application's own objects are shown by their fields, so that none of their code runs but what
    /// rebuilds hashed and sorted collections; of long texts and collections the beginning is shown.</summary>
    /// <returns>A few lines for each coroutine.</returns>
    /// <exception cref="SnapshotException">Thrown: what is in the snapshot does not fit together.</exception>
    public string Describe() => SnapshotText.Of(Open(out _).Objects);

    /// <summary>The root and all else, made but not in use.</summary>
    /// <param name="root">The root.</param>
    /// <param name="begin">Called before anything is read.</param>
    internal SnapshotReader Open(out object root, Action<SnapshotReader>? begin = null)
    {
        var reader = new SnapshotReader(_options, _types, new ByteSource(_bytes, _heads, _bodies), new ByteSource(_bytes, _bodies, SnapshotFormat.EndOf(_bytes)));
        begin?.Invoke(reader);
        root = reader.Read(_count);
        return reader;
    }

    private TRoot Read<TRoot>()
        where TRoot : class
    {
        var reader = Open(out var root);
        if (root is not TRoot wanted)
        {
            throw new InvalidOperationException($"The snapshot is of a '{root.GetType()}', not of a '{typeof(TRoot)}'.");
        }

        foreach (var port in reader.Ports)
        {
            port.ResumeWait(); // last: from here on it is in use
        }

        return wanted;
    }
}
