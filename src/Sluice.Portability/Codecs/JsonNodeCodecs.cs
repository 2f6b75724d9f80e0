using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice;

/// <summary>Documents of <see cref="JsonNode"/>: each node with the one that it is in, so that parts of a document stay parts of it.</summary>
internal static class JsonNodeCodecs
{
    private static readonly Dictionary<Type, TypeCodec> s_all = new TypeCodec[] { new JsonObjectCodec(), new JsonArrayCodec(), new JsonValueCodec() }.ToDictionary(static codec => codec.Type);

    internal static IEnumerable<Type> Types => s_all.Keys;

    internal static TypeCodec? Find(Type type) => s_all.GetValueOrDefault(type);

    internal static void WriteOptions(SnapshotWriter writer, JsonNode node) => writer.Heads.WriteByte(node.Options is not { } options ? (byte)0 : options.PropertyNameCaseInsensitive ? (byte)2 : (byte)1);

    internal static JsonNodeOptions? ReadOptions(SnapshotReader reader) => reader.Heads.ReadByte() switch
    {
        0 => null,
        1 => new JsonNodeOptions(),
        2 => new JsonNodeOptions { PropertyNameCaseInsensitive = true },
        _ => throw ByteSource.Truncated(),
    };

    /// <summary>The node that it is in must have it, since that is what puts it there.</summary>
    internal static void ReadParent(SnapshotReader reader, JsonNode node)
    {
        var parent = (JsonNode?)reader.Reference();
        reader.Finish(() =>
        {
            if (!ReferenceEquals(node.Parent, parent))
            {
                throw new SnapshotException("The snapshot is damaged: a JSON node is not in the one that it says.");
            }
        });
    }
}

internal sealed class JsonObjectCodec() : TypeCodec(typeof(JsonObject))
{
    internal override void WriteHead(SnapshotWriter writer, object item) => JsonNodeCodecs.WriteOptions(writer, (JsonObject)item);

    internal override void WriteBody(SnapshotWriter writer, object item)
    {
        var node = (JsonObject)item;
        writer.Reference(node.Parent);
        writer.Bodies.WriteCount(node.Count);
        foreach (var (name, value) in node)
        {
            writer.Bodies.WriteText(name);
            writer.Reference(value);
        }
    }

    internal override object Create(SnapshotReader reader) => new JsonObject(JsonNodeCodecs.ReadOptions(reader));

    internal override void ReadBody(SnapshotReader reader, object item)
    {
        JsonNodeCodecs.ReadParent(reader, (JsonObject)item);
        var members = new (string Name, JsonNode? Value)[reader.Bodies.ReadCount(2)];
        foreach (ref var member in members.AsSpan())
        {
            member = (reader.Bodies.ReadText(), (JsonNode?)reader.Reference());
        }

        reader.Rebuild(() => Array.ForEach(members, member => ((JsonObject)item).Add(member.Name, member.Value)));
    }
}

internal sealed class JsonArrayCodec() : TypeCodec(typeof(JsonArray))
{
    internal override void WriteHead(SnapshotWriter writer, object item) => JsonNodeCodecs.WriteOptions(writer, (JsonArray)item);

    internal override void WriteBody(SnapshotWriter writer, object item)
    {
        var node = (JsonArray)item;
        writer.Reference(node.Parent);
        writer.Bodies.WriteCount(node.Count);
        foreach (var value in node)
        {
            writer.Reference(value);
        }
    }

    internal override object Create(SnapshotReader reader) => new JsonArray(JsonNodeCodecs.ReadOptions(reader));

    internal override void ReadBody(SnapshotReader reader, object item)
    {
        JsonNodeCodecs.ReadParent(reader, (JsonArray)item);
        var values = new JsonNode?[reader.Bodies.ReadCount(1)];
        foreach (ref var value in values.AsSpan())
        {
            value = (JsonNode?)reader.Reference();
        }

        reader.Rebuild(() => Array.ForEach(values, ((JsonArray)item).Add));
    }
}

/// <summary>A text, a number or a truth value, as its JSON.</summary>
internal sealed class JsonValueCodec() : TypeCodec(typeof(JsonValue))
{
    internal override bool IsOfType => false;

    internal override void WriteHead(SnapshotWriter writer, object item)
    {
        var node = (JsonValue)item;
        var value = node.GetValue<object>();
        if (value is not (JsonElement or string or char or DateTime or DateTimeOffset or Guid) && !value.GetType().IsPrimitive && value is not decimal)
        {
            throw writer.Refuse($"a JSON node that holds a '{value.GetType()}' cannot be stored. Make it with JsonSerializer.SerializeToNode", Type);
        }

        JsonNodeCodecs.WriteOptions(writer, node);
        try
        {
            writer.Heads.WriteText(node.ToJsonString());
        }
        catch (ArgumentException error)
        {
            throw writer.Refuse($"it has no JSON ({error.Message.TrimEnd('.')})", Type);
        }
    }

    internal override void WriteBody(SnapshotWriter writer, object item) => writer.Reference(((JsonValue)item).Parent);

    internal override object Create(SnapshotReader reader)
    {
        var options = JsonNodeCodecs.ReadOptions(reader);
        return JsonNode.Parse(reader.Heads.ReadText(), options) as JsonValue ?? throw ByteSource.Truncated();
    }

    internal override void ReadBody(SnapshotReader reader, object item) => JsonNodeCodecs.ReadParent(reader, (JsonValue)item);
}
