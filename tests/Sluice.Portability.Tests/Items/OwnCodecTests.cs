using System.Buffers;
using System.Text;

namespace Sluice.Tests.Portability;

public sealed class OwnCodecTests
{
    [Fact]
    public void Items_go_through_the_codec_and_null_does_not()
    {
        var wire = new Wire<string?>(own: new Backwards());

        Assert.Equal("abc", wire.RoundTrip("abc"));
        Assert.Equal("cba", Encoding.UTF8.GetString(wire.Write("abc")[4..]));
        Assert.Equal("", wire.RoundTrip(""));
        Assert.Null(wire.RoundTrip(null));
        var large = new string('x', 1_000_000);
        Assert.Equal(large, wire.RoundTrip(large));
    }

    [Fact]
    public void The_codec_is_a_value_that_can_travel()
    {
        var copy = (ItemCodec)new Wire<object>().RoundTrip(new Shifted(3));

        Assert.Equal(typeof(int), copy.ItemType);
        Assert.Equal(39, new Wire<int>(own: copy).RoundTrip(39));
        Assert.Equal(42, new Wire<int>(own: copy).Write(39)[4]);
    }

    [Fact]
    public void An_exception_while_writing_comes_out_as_it_is_and_leaves_nothing()
    {
        var failing = new Failing();
        var wire = new Wire<int>(own: failing);
        wire.Add(1);
        var before = wire.Sink.Written.ToArray();

        Assert.Same(failing.Error, Assert.Throws<FormatException>(() => wire.Add(-1)));
        Assert.Equal(before, wire.Sink.Written.ToArray());
        wire.Add(1);
        Assert.Equal(2 * before.Length, wire.Sink.Length);
    }

    [Fact]
    public void An_exception_while_reading_is_wrapped_in_one_that_names_the_codec()
    {
        var wire = new Wire<int>(own: new Failing());
        var error = Assert.Throws<SnapshotException>(() => wire.Read([1, 0, 0, 0, 7]));

        Assert.Contains("'Sluice.Tests.Portability.OwnCodecTests+Failing'", error.Message, StringComparison.Ordinal);
        Assert.IsType<FormatException>(error.InnerException);
    }

    [Fact]
    public void The_buffer_takes_only_what_it_gave_and_only_during_the_call()
    {
        var greedy = new Greedy();
        var wire = new Wire<int>(own: greedy);

        Assert.Throws<ArgumentOutOfRangeException>(() => wire.Add(int.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => wire.Add(-1));
        wire.Add(1);
        Assert.Throws<InvalidOperationException>(() => greedy.Kept!.GetSpan(1).Length);
        Assert.Throws<InvalidOperationException>(() => greedy.Kept!.GetMemory(1).Length);
    }

    [Theory]
    [InlineData(new byte[] { 1, 0, 0 })]
    [InlineData(new byte[] { 2, 0, 0, 0, 7 })]
    [InlineData(new byte[] { 255, 255, 255, 127, 7 })]
    [InlineData(new byte[] { 255, 255, 255, 255 })]
    public void A_wrong_length_is_refused(byte[] bytes) => Assert.Throws<SnapshotException>(() => new Wire<int>(own: new Shifted(0)).ReadAnew(bytes));

    [Fact]
    public void A_codec_for_other_items_is_refused()
    {
        Assert.Throws<ArgumentException>(() => ItemCodecs.WriterOf<int>(new(), new Backwards()));
        Assert.Throws<ArgumentException>(() => ItemCodecs.ReaderOf<int>(new(), new Backwards()));
    }

    internal sealed class Backwards : ItemCodec<string?>
    {
        public override void Write(string? item, IBufferWriter<byte> to)
        {
            foreach (var character in item!.Reverse())
            {
                to.Write<byte>([(byte)character]);
            }
        }

        public override string Read(ReadOnlySpan<byte> from) => string.Concat(Encoding.UTF8.GetString(from).Reverse());
    }

    private sealed class Shifted(int by) : ItemCodec<int>
    {
        public override void Write(int item, IBufferWriter<byte> to) => to.Write<byte>([(byte)(item + by)]);

        public override int Read(ReadOnlySpan<byte> from) => from[0] - by;
    }

    private sealed class Failing : ItemCodec<int>
    {
        internal FormatException Error { get; } = new("no");

        public override void Write(int item, IBufferWriter<byte> to)
        {
            to.Write<byte>([1, 2, 3]);
            if (item < 0)
            {
                throw Error;
            }
        }

        public override int Read(ReadOnlySpan<byte> from) => throw Error;
    }

    private sealed class Greedy : ItemCodec<int>
    {
        internal IBufferWriter<byte>? Kept { get; private set; }

        public override void Write(int item, IBufferWriter<byte> to)
        {
            Kept = to;
            to.GetSpan(8)[0] = 1;
            to.Advance(item);
        }

        public override int Read(ReadOnlySpan<byte> from) => from[0];
    }
}
