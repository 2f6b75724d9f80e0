namespace Sluice.Tests;

public sealed class JsonEventsOfStreamTests : JsonEventsContract
{
    protected override Source<JsonEvent> Read(byte[] json, JsonEventsOptions? options = null) => JsonEvents.Read(new MemoryStream(json), options);
}

public sealed class JsonEventsOfSlowStreamTests : JsonEventsContract
{
    protected override Source<JsonEvent> Read(byte[] json, JsonEventsOptions? options = null) => JsonEvents.Read(new AsyncOnlyStream(new MemoryStream(json), pieceLength: 7), options);
}

public sealed class JsonEventsOfBytesTests : JsonEventsContract
{
    protected override Source<JsonEvent> Read(byte[] json, JsonEventsOptions? options = null) => Pieces.Source(json.Chunk(1)).Through(JsonEvents.Parse(options));
}

public sealed class JsonEventsOfOnePieceTests : JsonEventsContract
{
    protected override Source<JsonEvent> Read(byte[] json, JsonEventsOptions? options = null) => Pieces.Source([[], json]).Through(JsonEvents.Parse(options));
}

public sealed class JsonEventsOfFileTests : JsonEventsContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override string Origin => $" of '{_folder.PathOf("a.json")}'";

    protected override Source<JsonEvent> Read(byte[] json, JsonEventsOptions? options = null) => JsonEvents.Read(_folder.Write("a.json", json), options);

    [Fact]
    public async Task A_path_is_read_anew_in_each_run()
    {
        var pipeline = Read("[1]"u8.ToArray()).To(Sink.Count<JsonEvent>());

        Assert.Equal((3, 3), (await Wait.For(pipeline.RunAsync()), await Wait.For(pipeline.RunAsync())));
    }

    [Fact]
    public async Task A_missing_file_is_an_error_of_the_run()
    {
        var error = await Assert.ThrowsAsync<FileNotFoundException>(() => Wait.For(JsonEvents.Read(_folder.PathOf("missing.json")).To(Sink.Count<JsonEvent>()).RunAsync()));

        Assert.Equal("JsonEvents", error.Data["Sluice.Stage"]);
    }

    [Fact]
    public void Arguments_that_cannot_be_used_are_refused_at_once()
    {
        Assert.Throws<ArgumentNullException>(() => JsonEvents.Read((string)null!));
        Assert.Throws<ArgumentException>(() => JsonEvents.Read(""));
        Assert.Throws<ArgumentNullException>(() => JsonEvents.Read((Stream)null!));
        Assert.Throws<ArgumentNullException>(() => JsonEvent.Create(JsonEventKind.String, null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => new JsonEventsOptions { MaxDepth = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new JsonEventsOptions { MaxDepth = (1 << 20) + 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new JsonEventsOptions { MaxTokenLength = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new JsonEventsOptions { MaxTokenLength = (512 << 20) + 1 });
    }
}
