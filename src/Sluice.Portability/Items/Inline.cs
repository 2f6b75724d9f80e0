namespace Sluice;

/// <summary>The codec of a type, found once; what emitted code calls.</summary>
internal static class Inline<T>
{
    private static readonly InlineCodec<T> s_codec = InlineCodecs.For<T>(byReflection: false);

    internal static void Write(ByteSink to, ref T value) => s_codec.Write(to, ref value);

    internal static void Read(ByteSource from, ref T value) => s_codec.Read(from, ref value);
}
