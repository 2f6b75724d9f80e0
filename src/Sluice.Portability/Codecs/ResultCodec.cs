namespace Sluice;

/// <summary>The result of a coroutine, or of a target, that has ended with one.</summary>
internal abstract class ResultCodec
{
    /// <summary>Null: what is of this type has no result.</summary>
    internal static ResultCodec? Of(Type type)
    {
        for (var at = type; at is not null; at = at.BaseType)
        {
            var definition = at.IsGenericType ? at.GetGenericTypeDefinition() : null;
            var codec = definition == typeof(Coroutine<>) ? typeof(OfCoroutine<>) : definition == typeof(CoroutineTarget<,>) ? typeof(OfTarget<,>) : null;
            if (codec is not null)
            {
                return (ResultCodec)Activator.CreateInstance(codec.MakeGenericType(at.GetGenericArguments()), nonPublic: true)!;
            }
        }

        return null;
    }

    /// <summary>Its parts.</summary>
    internal abstract IReadOnlyList<FieldSchema> Parts { get; }

    internal abstract void Write(SnapshotWriter writer, object ended);

    internal abstract void Read(SnapshotReader reader, object ended);

    private sealed class OfCoroutine<TResult> : ResultCodec
    {
        internal override IReadOnlyList<FieldSchema> Parts => Values<TResult>.Codec.Parts;

        internal override void Write(SnapshotWriter writer, object ended) => Values<TResult>.Write(writer, ref ((Coroutine<TResult>)ended).Result);

        internal override void Read(SnapshotReader reader, object ended) => Values<TResult>.Read(reader, ref ((Coroutine<TResult>)ended).Result);
    }

    private sealed class OfTarget<T, TResult> : ResultCodec
    {
        internal override IReadOnlyList<FieldSchema> Parts => Values<TResult>.Codec.Parts;

        internal override void Write(SnapshotWriter writer, object ended) => Values<TResult>.Write(writer, ref ((CoroutineTarget<T, TResult>)ended).Result);

        internal override void Read(SnapshotReader reader, object ended) => Values<TResult>.Read(reader, ref ((CoroutineTarget<T, TResult>)ended).Result);
    }
}
