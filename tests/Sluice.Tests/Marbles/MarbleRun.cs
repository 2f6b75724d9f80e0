using System.Collections;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Sluice.Tests;

/// <summary>Runs a pipeline on the streams of a diagram, second by second, and writes what comes out as such streams. What time
/// brings about comes before what is sent at the same moment.</summary>
internal sealed class MarbleRun(IReadOnlyList<string> inputs)
{
    private const int MaxSeconds = 200;

    /// <summary>The fake clock jumps to the end of each advance.</summary>
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(50);

    private readonly FakeTimeProvider _clock = new(Start);
    private readonly List<(Marbles Line, Channel<string> Channel)> _inputs = [];
    private readonly List<Marbles> _outputs = [];

    /// <summary>The moment where the lines begin.</summary>
    internal static DateTimeOffset Start { get; } = new(2024, 5, 6, 0, 0, 0, TimeSpan.Zero);

    internal TimeProvider Clock => _clock;

    private int Second => (int)(_clock.GetUtcNow() - Start).TotalSeconds;

    /// <summary>The source of the next line.</summary>
    internal Source<string> Source()
    {
        Assert.True(_inputs.Count < inputs.Count, "The diagram has too few lines above the operator.");
        var channel = Channel.CreateUnbounded<string>(new() { AllowSynchronousContinuations = true });
        _inputs.Add((Marbles.Parse(inputs[_inputs.Count]), channel));
        return Sluice.Source.From(channel.Reader);
    }

    /// <summary>A line below the operator.</summary>
    internal Action<string> Output()
    {
        var line = new Marbles();
        _outputs.Add(line);
        return item => line.Add(Second, item);
    }

    /// <summary>A sink that writes the next line below the operator.</summary>
    internal Sink<T> Sink<T>()
    {
        var write = Output();
        return Sluice.Sink.Create<T>(async items =>
        {
            try
            {
                await foreach (var item in items)
                {
                    write(TextOf(item));
                }
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                write("#");
                throw;
            }

            write("|");
        });
    }

    /// <summary>Runs it and gives the lines below the operator.</summary>
    internal async Task<string[]> Run(Pipeline pipeline)
    {
        Assert.True(_inputs.Count == inputs.Count, "The diagram has too many lines above the operator.");
        await NoContext.Enter();
        var run = pipeline.RunAsync(new RunOptions { TimeProvider = _clock });
        while (!run.IsCompleted)
        {
            Assert.True(Second < MaxSeconds, $"The run goes on after {MaxSeconds} seconds: {string.Join(", ", _outputs)}");
            foreach (var (line, channel) in _inputs)
            {
                Send(line.At(Second), channel.Writer);
            }

            for (var next = Second + 1; Second < next;)
            {
                _clock.Advance(s_step);
            }
        }

        string[] lines = [.. _outputs.Select(line => line.ToString())];
        Assert.Equal(lines.Any(line => line.EndsWith('#')), run.Exception is not null);
        return lines;
    }

    private static void Send((string[] Items, char? End) moment, ChannelWriter<string> writer)
    {
        foreach (var item in moment.Items)
        {
            Assert.True(writer.TryWrite(item));
        }

        if (moment.End is { } end)
        {
            writer.Complete(end == '#' ? new FormatException("As the diagram says.") : null);
        }
    }

    /// <summary>An item that is made of several is written as all of them together.</summary>
    private static string TextOf(object? item) => item switch
    {
        string text => text,
        IEnumerable several => string.Concat(several.Cast<object>().Select(TextOf)),
        ITuple tuple => string.Concat(Enumerable.Range(0, tuple.Length).Select(i => TextOf(tuple[i]))),
        Window<string> window => TextOf(window.Items),
        _ => $"{item}",
    };
}
