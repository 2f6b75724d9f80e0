using System.Net;

namespace Sluice.Tests;

/// <summary>Exceptions and items that cannot be written to another process: who sends them learns what could not be written, nothing of them is sent, and
/// nothing hangs.</summary>
[Trait("Category", "Process")]
[Trait("Category", "Network")]
[Trait("Configuration", "Release")]
public sealed class UnwritableTests : IDisposable
{
    private const int Limit = 100_000;
    private const int Items = 50;
    private const int Bad = 17;

    private static readonly TcpSecurity s_security = new() { AllowInsecureLoopback = true };

    private readonly Lookout _lookout = new();
    private readonly MarkedWorkers _workers = new();
    private readonly Lazy<WorkerListener> _worker = new(static () =>
        WorkerListener.Start(new IPEndPoint(IPAddress.Loopback, 0), new WorkerListenerOptions { Security = s_security, MaxFrameSize = Limit }));

    public static TheoryData<string> Places => ["process", "process that is replaced", "tcp"];

    public void Dispose()
    {
        _lookout.Dispose();
        if (_worker.IsValueCreated)
        {
            _worker.Value.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task An_exception_that_is_too_large_to_be_thrown_in_there_comes_out_of_the_throw(string place)
    {
        var (seen, post) = ((Exception?)null, _lookout.Post);
        var run = Source.From(Enumerable.Range(0, Items)).Through<int>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                await next.SendAsync(item);
                if (item == Bad)
                {
                    seen = await UnwritableParts.ThrowLarge(next);
                    throw seen!;
                }
            }
        }).On(Make(place)).To(items => Parts.SayWhatComes(items, post)).RunAsync();

        Assert.Same(await FailureOf(run), seen);
        Assert.Contains("'System.FormatException' that was thrown in cannot be sent to", seen!.Message, StringComparison.Ordinal);
        Assert.Contains($"at most {Limit} may cross", seen.Message, StringComparison.Ordinal);
        Assert.IsType<InvalidOperationException>(seen.InnerException);
        var told = Assert.Single(_lookout.Heard, static line => line.StartsWith(nameof(InvalidOperationException), StringComparison.Ordinal));
        Assert.Contains("FormatException", told, StringComparison.Ordinal);
        Assert.Equal("closed", _lookout.Heard[^1]);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task An_exception_that_is_too_large_to_be_thrown_in_here_comes_out_of_the_throw_there(string place)
    {
        var post = _lookout.Post;
        var run = Source.From(Enumerable.Range(0, Items)).On(Make(place)).Through<int>((items, next) => UnwritableParts.ThrowLargeAt(items, next, Bad, post))
            .On(Env.Caller).To(Sink.ToList<int>()).RunAsync();

        var error = await FailureOf(run);
        Assert.Contains("'System.FormatException' that was thrown in cannot be sent to", error.Message, StringComparison.Ordinal);
        Assert.Equal(["InvalidOperationException"], _lookout.Heard);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_failure_there_that_is_too_large_is_told_in_outline(string place)
    {
        var run = Source.From(Enumerable.Range(0, Items)).On(Make(place)).Through<int>(UnwritableParts.FailLarge, "bad").On(Env.Caller).To(Sink.ToList<int>()).RunAsync();

        var error = await Assert.ThrowsAsync<RemoteStageException>(() => Wait.For(run));
        Assert.Equal(("System.FormatException", "bad"), (error.TypeName, error.Data["Sluice.Stage"]));
        Assert.StartsWith(new string('x', 100), error.Message, StringComparison.Ordinal);
        Assert.Contains("is too large", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_failure_here_that_is_too_large_ends_the_part_there(string place)
    {
        var (post, cause) = (_lookout.Post, UnwritableParts.Large());
        var run = Source.From(Enumerable.Range(0, Items)).Select(item => Stages.ThrowAt(item, Bad, cause)).On(Make(place)).To(items => Parts.SayWhatComes(items, post)).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.StartsWith($"{nameof(RemoteStageException)}: xxx", _lookout.Heard[0], StringComparison.Ordinal);
        Assert.Equal("closed", _lookout.Heard[^1]);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_result_there_that_is_too_large_fails_the_run(string place)
    {
        var run = Source.From(Enumerable.Range(0, Items)).On(Make(place)).To(UnwritableParts.ResultOfBytes).RunAsync();

        Assert.Contains("is too large", (await FailureOf(run)).Message, StringComparison.Ordinal);
    }

    /// <summary>An array gives its items as one chunk, which is written in one hold of the connection's lock.</summary>
    [Theory]
    [MemberData(nameof(Places))]
    public async Task An_item_whose_codec_fails_in_the_middle_of_it_comes_out_of_the_send_behind_those_before_it(string place)
    {
        var post = _lookout.Post;
        var run = Source.From(Enumerable.Range(0, Items).ToArray()).On(Make(place, new UnwritableParts.FailingAt(Bad))).To(items => Parts.SayWhatComes(items, post)).RunAsync();

        Assert.Equal($"not {Bad}", (await Assert.ThrowsAsync<FormatException>(() => Wait.For(run))).Message);
        Assert.Equal($"FormatException: not {Bad}", _lookout.Heard[^2]);
        Assert.Equal("closed", _lookout.Heard[^1]);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task All_items_before_one_whose_codec_fails_arrive(string place)
    {
        var post = _lookout.Post;
        var run = Source.From(Enumerable.Range(0, Items).ToArray()).On(Make(place, new UnwritableParts.FailingAt(Bad))).Through<int>((items, next) => UnwritableParts.SayEach(items, post)).On(Env.Caller).To(Sink.Count<int>()).RunAsync();

        await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal(Enumerable.Range(0, Bad).Select(static item => $"{item}"), _lookout.Heard);
    }

    /// <summary>A frame that small items share has no room for the next one: that gets a frame of its own.</summary>
    [Theory]
    [MemberData(nameof(Places))]
    public async Task Small_items_that_are_longer_than_a_frame_together_cross(string place)
    {
        var bytes = await Wait.For(Source.From(Enumerable.Range(0, 100).Select(static item => new byte[20_000 + item]).ToArray()).On(Make(place)).Select(static item => item.Length)
            .On(Env.Caller).To(Sink.ToList<int>()).RunAsync());

        Assert.Equal(Enumerable.Range(20_000, 100), bytes);
    }

    private static async Task<InvalidOperationException> FailureOf(Task run) => await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(run));

    private Env Make(string place, ItemCodec? codec = null)
    {
        RemoteOptions options = place == "tcp"
            ? new TcpOptions { Security = s_security, MaxFrameSize = Limit }
            : _workers.Mark(new ProcessOptions { StartupTimeout = Wait.Limit, MaxFrameSize = Limit, MaxRestarts = place == "process" ? 0 : 3 });
        if (codec is not null)
        {
            options.Codecs.Add(codec);
        }

        return options is TcpOptions tcp ? Env.Tcp(_worker.Value.LocalEndPoint, tcp) : Env.Process((ProcessOptions)options);
    }
}
