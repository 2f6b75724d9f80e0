using System.Text;
using System.Threading.Channels;

namespace Sluice.Tests.Xml;

/// <summary>The contract, for Expat.</summary>
public sealed class ExpatTests : XmlSourceContract
{
    protected override string Name => "Expat";

    protected override Source<XmlEvent> Read(Stream stream, XmlEventsOptions? options) => Expat.Read(stream, options);

    protected override Source<XmlEvent> Read(string path, XmlEventsOptions? options) => Expat.Read(path, options);

    protected override Stage<ReadOnlyMemory<byte>, XmlEvent> Parse(XmlEventsOptions? options) => Expat.Parse(options);

    [Fact]
    public void A_missing_library_is_an_error_that_says_how_to_install_it()
    {
        var error = Assert.Throws<DllNotFoundException>(() => ExpatLibrary.Load(["libexpat-that-is-not-there.so.1"]));

        Assert.Contains("libexpat-that-is-not-there.so.1", error.Message, StringComparison.Ordinal);
        Assert.All(["libexpat1", "dnf install expat", "apk add libexpat", "brew install expat", "libexpat.dll"], package => Assert.Contains(package, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void The_first_library_that_is_there_is_taken() =>
        Assert.NotEqual(0, ExpatLibrary.Load(["libexpat-that-is-not-there.so.1", "libexpat.so.1", "libexpat.1.dylib", "libexpat.dll"]));

    [Fact]
    public async Task Cancelling_ends_the_wait_for_a_live_stream()
    {
        await NoContext.Enter();
        using var stream = new HandFedStream();
        using var cancel = new CancellationTokenSource();
        var run = Expat.Read(stream).To(Sink.Count<XmlEvent>()).RunAsync(cancel.Token);

        Assert.False(run.IsCompleted);
        cancel.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
    }

    [Fact]
    public async Task A_send_of_a_piece_completes_when_its_events_have_been_handled()
    {
        await NoContext.Enter();
        var seen = new List<string>();
        var handFed = new HandFedPieces();
        var run = (handFed.Source | Expat.Parse() | Sink.ForEach<XmlEvent>(e => seen.Add(e.ToString()))).RunAsync();

        handFed.Send("<a>one<b"u8);
        Assert.Equal(["<a>"], seen);
        handFed.Send("/>two"u8);
        Assert.Equal(["<a>", "one", "<b>", "</b>"], seen);
        handFed.Send("</a>"u8);
        handFed.End();

        await Wait.For(run);
        Assert.Equal(["<a>", "one", "<b>", "</b>", "two", "</a>"], seen);
    }

    [Fact]
    public async Task A_piece_as_long_as_the_document_is_parsed_bit_by_bit()
    {
        var document = Encoding.UTF8.GetBytes($"<a>{string.Concat(Enumerable.Repeat("<b>x</b>", 100_000))}not well-formed");
        var count = 0;

        var events = await Wait.For((Source.From([(ReadOnlyMemory<byte>)document]) | Expat.Parse() | Stage.Tap<XmlEvent>(_ => count++) | Stage.Take<XmlEvent>(200_000) | Sink.Count<XmlEvent>()).RunAsync());

        Assert.Equal((200_000, 200_000), (events, count));
    }

    [Fact]
    public void Known_names_cost_nothing_and_texts_their_bytes()
    {
        _ = Allocated("<b/>", 1_000); // the first run also makes what is made once

        const string Bus = "<bus><route>22</route><direction>North Bound</direction></bus>";
        var (few, many) = (Allocated(Bus, 1_000), Allocated(Bus, 101_000));
        Assert.InRange(many - few, 0, 100_000 * "22North Bound".Length * 11 / 10);

        var (fewEmpty, manyEmpty) = (Allocated("<b/> <c></c>\n", 1_000), Allocated("<b/> <c></c>\n", 101_000));
        Assert.InRange(manyEmpty - fewEmpty, -1_000, 1_000);
    }

    /// <summary>The least of some runs: a collection that another test brings about ends the thread's current block, whose rest counts as allocated.</summary>
    private static long Allocated(string element, int count) => Enumerable.Range(0, 5).Min(_ => AllocatedOnce(element, count));

    private static long AllocatedOnce(string element, int count)
    {
        var document = new PieceStream(Enumerable.Repeat(new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(element)), count).Prepend("<a>"u8.ToArray()).Append("</a>"u8.ToArray()));
        var pipeline = Expat.Read(document).To(Sink.Count<XmlEvent>());
        var before = GC.GetAllocatedBytesForCurrentThread();
        var run = pipeline.RunAsync();
        Assert.True(run.IsCompletedSuccessfully, run.Exception?.ToString());
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>Sends what the test gives it; what that brings about has happened when the call returns.</summary>
    private sealed class HandFedPieces
    {
        private readonly Channel<ReadOnlyMemory<byte>> _pieces =
            Channel.CreateUnbounded<ReadOnlyMemory<byte>>(new() { AllowSynchronousContinuations = true });

        internal Source<ReadOnlyMemory<byte>> Source => Sluice.Source.From(_pieces.Reader);

        internal void Send(ReadOnlySpan<byte> piece) => Assert.True(_pieces.Writer.TryWrite(piece.ToArray()));

        internal void End() => _pieces.Writer.Complete();
    }

    [Fact]
    public void It_refuses_a_policy_and_says_what_to_do()
    {
        var refused = Assert.Throws<ArgumentException>("policy", static () => Expat.Parse().OnError(ErrorPolicy.Skip));

        Assert.StartsWith("'Expat' takes no error policy: ", refused.Message, StringComparison.Ordinal);
        Assert.Matches("Apply the policy to|Use a policy for", refused.Message);
    }
}
