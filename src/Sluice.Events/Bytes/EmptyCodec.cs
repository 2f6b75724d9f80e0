namespace Sluice;

/// <summary>The codec of what only saves time or memory: a resumed stage begins with an empty one.</summary>
internal sealed class EmptyCodec<T> : PortableCodec<T>
    where T : new()
{
    public override void Write(ByteSink to, T value) => to.WriteByte(0);

    public override T Read(ByteSource from)
    {
        from.ReadByte();
        return new();
    }
}
