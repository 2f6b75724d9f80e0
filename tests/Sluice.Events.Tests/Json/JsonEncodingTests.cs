using System.Text;
using System.Text.Json;

namespace Sluice.Tests;

public sealed class JsonEncodingTests
{
    [Theory]
    [InlineData("utf-16", true)]
    [InlineData("utf-16", false)]
    [InlineData("utf-16BE", true)]
    [InlineData("utf-16BE", false)]
    [InlineData("utf-32", true)]
    [InlineData("utf-32", false)]
    public async Task A_document_in_another_encoding_is_called_that(string name, bool hasMark)
    {
        var encoding = Encoding.GetEncoding(name);
        byte[] bytes = [.. hasMark ? encoding.GetPreamble() : [], .. encoding.GetBytes("[\"a\"]")];

        var error = await Assert.ThrowsAsync<JsonException>(() => Wait.For(JsonEvents.Read(new MemoryStream(bytes)).To(Sink.Count<JsonEvent>()).RunAsync()));
        Assert.Contains("UTF-16", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[1, ")]
    [InlineData("[1, \"a")]
    [InlineData("")]
    public async Task A_byte_that_is_not_UTF_8_is_called_that_and_its_file_is_named(string before)
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("a.json");
        await File.WriteAllBytesAsync(path, [.. Encoding.UTF8.GetBytes(before), 0xFF, (byte)'"', (byte)']']);

        var error = await Assert.ThrowsAsync<JsonException>(() => Wait.For(JsonEvents.Read(path).To(Sink.Count<JsonEvent>()).RunAsync()));
        Assert.Matches("^Line 1, byte [0-9]+ of '.*a\\.json': ", error.Message);
        Assert.Contains("UTF-8", error.Message, StringComparison.Ordinal);
    }
}
