using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Sluice.Tests;

/// <summary>A run whose items and whose time come from the test: what it sends and how far it advances the clock is handled
/// before the call returns, if the test has entered <see cref="NoContext"/>.</summary>
internal sealed class TimedRun<TOut>
{
    /// <summary>The fake clock jumps to the end of each advance, so it advances by steps. Tests use multiples.</summary>
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(50);

    private readonly Channel<int> _items = Channel.CreateUnbounded<int>(new() { AllowSynchronousContinuations = true });
    private readonly FakeTimeProvider _clock = new(Start);

    internal TimedRun(Func<Source<int>, Source<TOut>> build, CancellationToken cancellation = default)
        : this(build, static source => source, cancellation)
    {
    }

    /// <summary>The same with something between the operator and the list of what comes out.</summary>
    internal TimedRun(Func<Source<int>, Source<TOut>> build, Func<Source<TOut>, Source<TOut>> receive, CancellationToken cancellation = default) =>
        Task = receive(build(Source.From(_items.Reader))).To(Sink.ForEach<TOut>(Seen.Add))
            .RunAsync(new RunOptions { TimeProvider = _clock }, cancellation);

    internal static DateTimeOffset Start { get; } = new(2024, 5, 6, 7, 8, 9, TimeSpan.Zero);

    internal List<TOut> Seen { get; } = [];

    internal Task Task { get; }

    internal void Send(params int[] items)
    {
        foreach (var item in items)
        {
            Assert.True(_items.Writer.TryWrite(item));
        }
    }

    internal void Pass(double seconds)
    {
        for (var left = TimeSpan.FromSeconds(seconds); left > TimeSpan.Zero; left -= s_step)
        {
            _clock.Advance(left < s_step ? left : s_step);
        }
    }

    internal Task End(Exception? error = null)
    {
        _items.Writer.TryComplete(error);
        return Wait.For(Task, "the end of the run");
    }
}
