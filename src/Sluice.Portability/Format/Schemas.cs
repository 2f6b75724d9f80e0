using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Sluice;

/// <summary>Writes and reads the kinds of objects that a snapshot has.</summary>
internal enum SchemaKind : byte
{
    /// <summary>A type.</summary>
    Type,

    /// <summary>A coroutine: its method.</summary>
    Coroutine,

    /// <summary>A delegate: its type and its method.</summary>
    Delegate,

    /// <summary>An object that stayed outside.</summary>
    Outside,

    /// <summary>A type whose <see cref="StageVersionAttribute"/> gives it a version other than 1.</summary>
    VersionedType,
}

/// <summary>The description of each kind of objects in a snapshot: its name, a fingerprint of everything that must be the same, and
/// the fields, so that an error can say what is not.</summary>
internal static class Schemas
{
    internal const int FingerprintBytes = 16;

    internal static SchemaBytes Of(TypeCodec codec)
    {
        var to = new ByteSink();
        codec.WriteIdentity(to);
        to.WriteBytes(Fingerprint(codec));
        Write(to, codec.Layout);
        return new SchemaBytes(to.Written.ToArray());
    }

    /// <summary>The codec whose description is the same to the last byte.</summary>
    internal static TypeCodec Resolve(SchemaBytes schema, SnapshotOptions options)
    {
        if (options.TryGetVerified(schema, out var known))
        {
            return known;
        }

        var candidates = Candidates(schema, options, out var version).ToList();
        var found = candidates.Find(codec => codec.Schema.Equals(schema)) ?? candidates.Find(codec => HasMoreMembers(schema, codec.Schema))
            ?? (version is { } stored ? candidates.Select(codec => codec.TryUpgrade(schema, stored, options)).FirstOrDefault(static codec => codec is not null) : null)
            ?? throw SchemaDifference.Describe(schema, candidates.FirstOrDefault());
        if (found.Refusal is { } reason)
        {
            throw new SnapshotException($"The snapshot has a '{found.Type}': {reason}.");
        }

        options.AddVerified(schema.Copied(), found);
        return found;
    }

    /// <summary>Returns whether all that differs is that enumerations have more members here.</summary>
    private static bool HasMoreMembers(SchemaBytes stored, SchemaBytes here)
    {
        var (then, now) = (stored.Bytes.ToArray(), here.Bytes.ToArray());
        var (thenAt, nowAt) = (SchemaDifference.FieldsAt(then), SchemaDifference.FieldsAt(now));
        return then.AsSpan(0, thenAt).SequenceEqual(now.AsSpan(0, nowAt)) && EnumMembers.Takes(then, thenAt, now, nowAt);
    }

    /// <summary>The fields of a coroutine or an object that older code stored, if the values among them are still made of the same.</summary>
    /// <exception cref="SnapshotException">Thrown: they are not.</exception>
    internal static IReadOnlyList<FieldSchema> FieldsOf(SchemaBytes stored, SnapshotOptions options)
    {
        var bytes = stored.Bytes.ToArray();
        return [.. ReadFields(new ByteSource(bytes, SchemaDifference.FieldsAt(bytes), bytes.Length), options, 0).Where(static field => !EnumMembers.IsMember(field.Name))];
    }

    private static FieldSchema[] ReadFields(ByteSource from, SnapshotOptions options, int depth)
    {
        var fields = new FieldSchema[depth > TypeNames.MaxDepth ? throw ByteSource.Truncated() : from.ReadCount()];
        for (var i = 0; i < fields.Length; i++)
        {
            var name = from.ReadText();
            var types = TypeNames.ReadField(from, options);
            var parts = ReadFields(from, options, depth + 1);
            fields[i] = new(name, types.FirstOrDefault(type => IsSame(ValueCodec.For(type).Parts, parts) || (depth == 0 && type.IsEnum && EnumMembers.NamesOf(parts) is not null))
                ?? throw new SnapshotException($"The snapshot was made by other code: the type of '{VariableNames.Of(name)}' has changed since."), parts);
        }

        return fields;
    }

    private static bool IsSame(IReadOnlyList<FieldSchema> one, IReadOnlyList<FieldSchema> other) =>
        one.Count == other.Count && one.Zip(other).All(static pair =>
            CodeNames.Stable(pair.First.Name) == pair.Second.Name && pair.First.Type == pair.Second.Type && IsSame(pair.First.Parts, pair.Second.Parts));

    private static IEnumerable<TypeCodec> Candidates(SchemaBytes schema, SnapshotOptions options, out int? version)
    {
        version = null;
        var bytes = schema.Bytes.ToArray();
        var from = new ByteSource(bytes, 0, bytes.Length);
        switch ((SchemaKind)from.ReadByte())
        {
            case SchemaKind.Type or SchemaKind.VersionedType:
                var named = TypeNames.Read(from, options).Where(static type => !type.ContainsGenericParameters).ToList();
                version = bytes[0] == (byte)SchemaKind.Type ? 1 : checked((int)from.ReadVarint());
                return named.SelectMany(static type => FrozenCodecs.All(SingletonCodec.ForType(type) ?? TypeCodec.For(type))); // an exact type: those that derive from a comparer are objects
            case SchemaKind.Coroutine:
                var start = from.Position;
                var methods = MethodNames.Read(from, options).ToList();
                version = checked((int)from.ReadVarint());
                if (methods.Count == 0)
                {
                    methods = [.. MethodNames.ReadNamed(new ByteSource(bytes, start, bytes.Length), options)]; // an upgrade may give new parameters
                }

                return methods.Select(CodeMethods.CoroutineOf).Where(static type => type is not null).Select(static type => TypeCodec.For(type!));
            case SchemaKind.Delegate:
                var types = TypeNames.Read(from, options).Where(static type => type.IsSubclassOf(typeof(Delegate))).ToList();
                return MethodNames.Read(from, options).SelectMany(method => types.Select(type => DelegateCodec.For(type, method)));
            case SchemaKind.Outside:
                return [OutsideCodec.Instance];
            default:
                throw ByteSource.Truncated();
        }
    }

    private static byte[] Fingerprint(TypeCodec codec)
    {
        var text = new StringBuilder();
        text.Append(SnapshotFormat.Version).Append('\n');
        Append(text, codec.Layout, "");
        text.Append(codec.Code);
        return SHA256.HashData(Encoding.Unicode.GetBytes(text.ToString()))[..FingerprintBytes];
    }

    private static void Append(StringBuilder text, IReadOnlyList<FieldSchema> fields, string outer)
    {
        foreach (var field in fields.Where(static field => !EnumMembers.IsMember(field.Name))) // members are compared by themselves
        {
            text.Append(outer).Append(CodeNames.Stable(field.Name)).Append(' ');
            CodeNames.Append(text, field.Type);
            text.Append('\n');
            Append(text, field.Parts, outer + field.Name + ".");
        }
    }

    private static void Write(ByteSink to, IReadOnlyList<FieldSchema> fields)
    {
        to.WriteCount(fields.Count);
        foreach (var field in fields)
        {
            to.WriteText(CodeNames.Stable(field.Name));
            TypeNames.Write(to, field.Type);
            Write(to, field.Parts);
        }
    }
}
