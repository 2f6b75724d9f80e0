using System.Threading.Channels;

namespace Sluice.Tests;

/// <summary>A source that the test pushes: what an item, an end or a failure brings about has happened when the call
/// returns. A stage behind it leaves a note in its finally block.</summary>
internal sealed class Pushed
{
    private readonly Channel<int> _channel = Channel.CreateUnbounded<int>(new() { AllowSynchronousContinuations = true });

    internal Pushed(string name, List<string> notes) =>
        Source = Sluice.Source.From(_channel.Reader).Named(name).Through<int>((items, next) => Stages.PassOnNoting(items, next, name, notes));

    internal Source<int> Source { get; }

    internal void Push(params int[] items) => Array.ForEach(items, item => Assert.True(_channel.Writer.TryWrite(item)));

    internal void End() => _channel.Writer.Complete();

    internal void Fail(Exception error) => _channel.Writer.Complete(error);
}
