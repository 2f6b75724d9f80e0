using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>An exception as its type and its text.</summary>
internal sealed class KeptErrorCodec() : TypeCodec(typeof(KeptError))
{
    internal override void WriteBody(SnapshotWriter writer, object item)
    {
        var error = ((KeptError)item).Error;
        writer.Bodies.WriteText(error is StoredFailureException stored ? stored.FailureType : error.GetType().ToString());
        writer.Bodies.WriteText(error.Message);
    }

    internal override void ReadBody(SnapshotReader reader, object item) =>
        Error((KeptError)item) = new StoredFailureException(reader.Bodies.ReadText(), reader.Bodies.ReadText());

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_error")]
    private static extern ref Exception Error(KeptError kept);
}

/// <summary>An object of a snapshot without its content: see <see cref="INotStored"/>.</summary>
internal sealed class EmptyCodec(Type type) : TypeCodec(type);
