using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Tool;

/// <summary>Prints values as JSON. Its names are part of the tool's interface: members are added, and not renamed.</summary>
internal static class JsonOutput
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // it is no part of a web page
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    internal static void Write(TextWriter to, object value) => to.WriteLine(JsonSerializer.Serialize(value, s_options));
}
