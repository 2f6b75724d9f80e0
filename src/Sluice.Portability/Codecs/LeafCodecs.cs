using System.Collections;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Sluice;

/// <summary>Objects of .NET that refer to no others and are made at once: texts and what is written as text.</summary>
internal static class LeafCodecs
{
    private static readonly Dictionary<Type, TypeCodec> s_all = new TypeCodec[]
    {
        new LeafCodec<string>(static (to, item) => to.WriteText(item), static from => from.ReadText()),
        new LeafCodec<Version>(static (to, item) => to.WriteText(item.ToString()), static from => Version.Parse(from.ReadText())),
        new LeafCodec<Uri>(WriteUri, static from => new Uri(from.ReadText(), from.ReadBool() ? UriKind.Absolute : UriKind.Relative)),
        new LeafCodec<StringBuilder>(static (to, item) => to.WriteText(item.ToString()), static from => new StringBuilder(from.ReadText())),
        new LeafCodec<CultureInfo>(static (to, item) => to.WriteText(item.Name), Cultures.Read, Cultures.Refusal),
        new LeafCodec<TimeZoneInfo>(TimeZones.Write, TimeZones.Read, TimeZones.Refusal),
        new LeafCodec<Encoding>(Encodings.Write, Encodings.Read, Encodings.Refusal),
        new LeafCodec<IPAddress>(WriteAddress, ReadAddress),
        new LeafCodec<IPEndPoint>(static (to, item) => { WriteAddress(to, item.Address); to.WriteCount(item.Port); }, static from => new(ReadAddress(from), checked((int)from.ReadVarint()))),
        new LeafCodec<Regex>(WriteRegex, ReadRegex),
        new LeafCodec<BitArray>(WriteBits, ReadBits),
        new LeafCodec<Lock>(static (_, _) => { }, static _ => new Lock(), static item => item.IsHeldByCurrentThread ? "a lock that is held cannot be stored" : null),
        new TypeTypeCodec(),
    }.ToDictionary(static codec => codec.Type);

    internal static IEnumerable<Type> Types => s_all.Keys;

    internal static TypeCodec? Find(Type type) => s_all.GetValueOrDefault(type);

    private static void WriteUri(ByteSink to, Uri uri)
    {
        to.WriteText(uri.OriginalString);
        to.WriteBool(uri.IsAbsoluteUri); // "/a" can be either
    }

    private static void WriteAddress(ByteSink to, IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        to.WriteCount(bytes.Length);
        to.WriteBytes(bytes);
        to.WriteSigned(address.AddressFamily == AddressFamily.InterNetworkV6 ? address.ScopeId : 0);
    }

    private static IPAddress ReadAddress(ByteSource from)
    {
        var address = new IPAddress(from.ReadBytes(from.ReadCount()));
        if (from.ReadSigned() is not 0 and var scope)
        {
            address.ScopeId = scope;
        }

        return address;
    }

    private static void WriteBits(ByteSink to, BitArray bits)
    {
        var bytes = new byte[(bits.Length + 7) / 8];
        bits.CopyTo(bytes, 0);
        to.WriteCount(bits.Length);
        to.WriteBytes(bytes);
    }

    private static BitArray ReadBits(ByteSource from)
    {
        var length = from.ReadVarint();
        return length / 8 <= (ulong)from.Left ? new BitArray(from.ReadBytes((int)((length + 7) / 8)).ToArray()) { Length = (int)length } : throw ByteSource.Truncated();
    }

    private static void WriteRegex(ByteSink to, Regex regex)
    {
        to.WriteText(regex.ToString());
        to.WriteCount((int)regex.Options);
        to.WriteSigned(regex.MatchTimeout.Ticks);
    }

    private static Regex ReadRegex(ByteSource from) => new(from.ReadText(), (RegexOptions)checked((int)from.ReadVarint()), new TimeSpan(from.ReadSigned()));
}

internal sealed class LeafCodec<T>(Action<ByteSink, T> write, Func<ByteSource, T> read, Func<T, string?>? refusal = null) : TypeCodec(typeof(T))
    where T : class
{
    internal override void WriteHead(SnapshotWriter writer, object item)
    {
        if (refusal?.Invoke((T)item) is { } reason)
        {
            throw writer.Refuse(reason, typeof(T));
        }

        write(writer.Heads, (T)item);
    }

    internal override object Create(SnapshotReader reader) => read(reader.Heads);
}

/// <summary>A type as a value: only those that a snapshot may have.</summary>
internal sealed class TypeTypeCodec() : TypeCodec(typeof(Type))
{
    internal override bool IsOfType => false;

    internal override void WriteHead(SnapshotWriter writer, object item)
    {
        var named = (Type)item;
        if (named.ContainsGenericParameters || named.IsPointer || named.IsByRef || named.IsFunctionPointer || !writer.IsAllowed(named))
        {
            throw writer.Refuse($"the type '{named}' is not one that snapshots may have", typeof(Type));
        }

        TypeNames.Write(writer.Heads, named);
    }

    internal override object Create(SnapshotReader reader) => TypeNames.Read(reader.Heads, reader.Options).First();
}
