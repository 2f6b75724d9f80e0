using Sluice.Bytes;

namespace Sluice;

/// <summary>The bytes that wait, without the room around them.</summary>
internal sealed class ByteWindowCodec : PortableCodec<ByteWindow>
{
    public override void Write(ByteSink to, ByteWindow value)
    {
        to.WriteCount(value.Waiting.Length);
        to.WriteBytes(value.Waiting);
    }

    public override ByteWindow Read(ByteSource from)
    {
        var window = new ByteWindow();
        for (var rest = from.ReadBytes(from.ReadCount()); rest.Length > 0;)
        {
            var count = window.Copy(rest);
            window.Added(count);
            rest = rest[count..];
        }

        return window;
    }
}
