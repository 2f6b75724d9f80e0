using System.CodeDom.Compiler;
using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;

namespace Sluice;

/// <summary>Objects of .NET that refer to no others and are made at once: texts and what is written as text.</summary>
internal static class LeafCodecs
{
    private static readonly ConcurrentDictionary<Type, bool> s_isGenerated = new();

    private static readonly Dictionary<Type, TypeCodec> s_all = new TypeCodec[]
    {
        new LeafCodec<string>(static (to, item) => to.WriteText(item), static from => from.ReadText()),
        new LeafCodec<Version>(static (to, item) => to.WriteText(item.ToString()), static from => Version.Parse(from.ReadText())),
        new LeafCodec<Uri>(WriteUri, ReadUri, RefusalOfUri),
        new LeafCodec<StringBuilder>(static (to, item) => to.WriteText(item.ToString()), static from => new StringBuilder(from.ReadText()),
            static item => item.MaxCapacity == int.MaxValue ? null : "a StringBuilder with a MaxCapacity of its own cannot be stored. Keep the limit beside it"),
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

    private static Uri ReadUri(ByteSource from) => new(from.ReadText(), from.ReadBool() ? UriKind.Absolute : UriKind.Relative);

    /// <summary>Compares results: only they show how it was made.</summary>
    private static string? RefusalOfUri(Uri uri)
    {
        if (!uri.IsAbsoluteUri)
        {
            return null;
        }

        var copy = Reread(uri, WriteUri, ReadUri);
        return copy.UserEscaped == uri.UserEscaped && copy.AbsoluteUri == uri.AbsoluteUri ? null : "a Uri that was made with other rules than usual (UriCreationOptions) cannot be stored. Keep its text";
    }

    /// <summary>The value that would come back.</summary>
    internal static T Reread<T>(T value, Action<ByteSink, T> write, Func<ByteSource, T> read)
    {
        var bytes = new ByteSink();
        write(bytes, value);
        var copy = bytes.Written.ToArray();
        return read(new ByteSource(copy, 0, copy.Length));
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

    /// <summary>Returns whether the compiler made the class of a pattern ([GeneratedRegex]): it is stored as its pattern, like any other.</summary>
    internal static bool IsGenerated(Type type) => s_isGenerated.GetOrAdd(type, static type => type.BaseType == typeof(Regex) && type.GetCustomAttribute<GeneratedCodeAttribute>()?.Tool == "System.Text.RegularExpressions.Generator");

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
