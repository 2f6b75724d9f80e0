using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sluice;

public static partial class Sink
{
    /// <summary>Writes each item as a line of JSON to a file, in UTF-8 with line feeds; the file is complete when the run ends.</summary>
    /// <remarks>As <see cref="WriteLines(string, bool, WriteLinesOptions)"/>: also in a job, where each line is in the file exactly once.</remarks>
    /// <typeparam name="T">The type of the items. Its codec is found by reflection; see the overload with <see cref="JsonTypeInfo{T}"/> for programs that are trimmed.</typeparam>
    /// <param name="path">The file's path. It is made, or emptied, when a run starts. A named pipe is one too.</param>
    /// <param name="append">Whether to write behind what is in the file already. Default false.</param>
    /// <param name="options">When lines are written; default <see cref="WriteLinesOptions"/>'s own.</param>
    /// <param name="json">Options of the text; default those of <see cref="JsonSerializer"/>. A text is on one line whatever they say.</param>
    /// <returns>The sink. Its run fails with an <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> if the file cannot be written, and with a <see cref="JsonException"/> or
    /// <see cref="NotSupportedException"/> if an item has no text.</returns>
    /// <exception cref="ArgumentException">Thrown: <paramref name="path"/> is null or empty.</exception>
    [RequiresUnreferencedCode("The members of the items are found by reflection.")]
    [RequiresDynamicCode("Code for the items' types is made at run time.")]
    public static Sink<T> WriteJsonLines<T>(string path, bool append = false, WriteLinesOptions? options = null, JsonSerializerOptions? json = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return WriteRecords<T>(path, append, options, JsonLineEncoder<T>(json), "WriteJsonLines");
    }

    /// <inheritdoc cref="WriteJsonLines{T}(string, bool, WriteLinesOptions, JsonSerializerOptions)"/>
    /// <param name="path">The file's path. It is made, or emptied, when a run starts. A named pipe is one too.</param>
    /// <param name="type">The codec of the items, such as one that the compiler has made.</param>
    /// <param name="append">Whether to write behind what is in the file already. Default false.</param>
    /// <param name="options">When lines are written; default <see cref="WriteLinesOptions"/>'s own.</param>
    public static Sink<T> WriteJsonLines<T>(string path, JsonTypeInfo<T> type, bool append = false, WriteLinesOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(type);
        return WriteRecords<T>(path, append, options, (item, to) => EncodeJson(to, writer => JsonSerializer.Serialize(writer, item, type)), "WriteJsonLines");
    }

    [RequiresUnreferencedCode("The members of the items are found by reflection.")]
    [RequiresDynamicCode("Code for the items' types is made at run time.")]
    internal static RecordEncoder<T> JsonLineEncoder<T>(JsonSerializerOptions? json) =>
        (item, to) => EncodeJson(to, writer => JsonSerializer.Serialize(writer, item, json));

    private static void EncodeJson(IBufferWriter<byte> to, Action<Utf8JsonWriter> serialize)
    {
        using (var writer = new Utf8JsonWriter(to)) // not indented
        {
            serialize(writer);
        }

        to.Write("\n"u8);
    }
}
