using System.Threading.Channels;

namespace Sluice.Tests;

public sealed class WriteToChannelTests : WriteToContract
{
    [Fact]
    public void Null_is_refused_at_once() => Assert.Throws<ArgumentNullException>("writer", () => Sink.WriteTo((ChannelWriter<int>)null!));

    [Fact]
    public async Task Two_pipelines_may_meet_at_a_channel()
    {
        var channel = Channel.CreateBounded<int>(3);
        var second = Source.From(channel.Reader).To(Sink.ToList<int>()).RunAsync();
        await Wait.For(Source.From(Enumerable.Range(1, 1000)).To(Sink.WriteTo(channel.Writer)).RunAsync());

        Assert.Equal(Enumerable.Range(1, 1000), await Wait.For(second));
    }

    protected override Destination Create() => new ChannelDestination();

    private sealed class ChannelDestination : Destination
    {
        private readonly Channel<int> _channel = Channel.CreateBounded<int>(1);

        internal override bool HasEnded => _channel.Reader.Completion.IsCompleted;

        internal override Sink<int> Sink(bool complete) => Sluice.Sink.WriteTo(_channel.Writer, complete);

        internal override Task<int> TakeAsync() => _channel.Reader.ReadAsync().AsTask();

        internal override async Task<Exception?> EndAsync()
        {
            try
            {
                await foreach (var _ in _channel.Reader.ReadAllAsync())
                {
                }

                return null;
            }
            catch (Exception error)
            {
                return error;
            }
        }

        internal override void CloseFromOutside() => _channel.Writer.Complete();
    }
}
