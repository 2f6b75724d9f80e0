using System.Text;
using Sluice.Tests;

namespace Sluice.Seams.Tests;

/// <summary>A type's own codec: in snapshots, and as items.</summary>
public sealed class CodecTests
{
    [Fact]
    public async Task Values_and_objects_with_a_codec_are_in_a_snapshot_as_the_codec_writes_them()
    {
        var printed = new List<string>();
        var options = new SnapshotOptions { Outside = { ["out"] = printed } };
        await using var target = Target.Start<double>(items => Measure(items, printed));
        await Wait.For(target.SendAsync(20.04));

        var bytes = (await Wait.For(target.SnapshotAsync(options).AsTask())).ToBytes();
        var copy = CoroutineSnapshot.Parse(bytes, options).Resume<double>();
        await Wait.For(copy.SendAsync(0));
        await Wait.For(target.SendAsync(0));

        Assert.Equal(["20 in roof roof/True (label True), 2 readings", "20.04 in roof roof/True (label True), 2 readings"], printed);
    }

    [Fact]
    public async Task They_are_items_that_leave_the_process()
    {
        var source = Source.From(Enumerable.Range(1, 100));
        var temperatures = source.On(Env.Process(new ProcessOptions { StartupTimeout = TimeSpan.FromMinutes(2) })).Select(static n => new Temperature(n)).On(Env.Caller).To(Sink.ToList<Temperature>());
        var stations = source.Select(static n => new Station($"s{n}", [n])).On(Env.Process(new ProcessOptions { StartupTimeout = TimeSpan.FromMinutes(2) })).Select(static station => (station, new Label(station.Name))).On(Env.Caller)
            .To(Sink.ToList<(Station, Label)>());

        Assert.Equal(Enumerable.Range(1, 100).Select(static n => new Temperature(n)), await Wait.For(temperatures.RunAsync()));
        var there = await Wait.For(stations.RunAsync());
        Assert.Equal(Enumerable.Range(1, 100).Select(static n => $"s{n} s{n} {n}"), there.Select(static item => $"{item.Item1.Name} {item.Item2.Text} {item.Item1.Readings.Single()}"));
    }

    [Fact]
    public async Task A_list_of_them_and_a_null_are_kept()
    {
        var got = await Wait.For(Source.From<(List<Temperature>, Label?, Temperature?)>([([new(1), new(2)], null, null), ([], new("x"), new(3))])
            .On(Env.Process(new ProcessOptions { StartupTimeout = TimeSpan.FromMinutes(2) })).Select(static item => item).On(Env.Caller).To(Sink.ToList<(List<Temperature>, Label?, Temperature?)>()).RunAsync());

        Assert.Equal([new(1), new(2)], got[0].Item1);
        Assert.Null(got[0].Item2);
        Assert.Null(got[0].Item3);
        Assert.Equal(("x", 3), (got[1].Item2!.Text, got[1].Item3!.Value.Kelvin));
    }

    [Fact]
    public async Task Damaged_bytes_of_a_codec_are_an_error_that_says_so()
    {
        var station = new Station("here", [1, 2, 3]);
        await using var target = Target.Start<int>(items => Keep(items, station));
        var bytes = (await Wait.For(target.SnapshotAsync().AsTask())).ToBytes();
        var at = bytes.AsSpan().IndexOf("here"u8) + 4;
        Assert.Equal(3, bytes[at]);

        var error = Assert.Throws<SnapshotException>(() => CoroutineSnapshot.Parse(WithChecksum([.. bytes[..at], 255, .. bytes[(at + 1)..]])).Resume<int>());

        Assert.Contains("damaged", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_version_of_a_codec_is_refused()
    {
        var label = new Label("x");
        await using var target = Target.Start<int>(items => Keep(items, label));
        var bytes = (await Wait.For(target.SnapshotAsync().AsTask())).ToBytes();
        var at = bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes("version 3 of Codec")) + "version ".Length;
        Assert.Equal((byte)'3', bytes[at]);
        bytes[at] = (byte)'2';

        var error = Assert.Throws<SnapshotException>(() => CoroutineSnapshot.Parse(WithChecksum(bytes)));

        Assert.Contains("version 2 of Codec", error.Message, StringComparison.Ordinal);
        Assert.Contains("version 3 of Codec", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_codec_that_writes_less_than_it_says_is_named()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => CaptureOf(new Short()));

        Assert.Contains($"'{typeof(Short.Codec)}' wrote 1 bytes, less than its MinBytes, 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_codec_of_another_type_is_named()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => CaptureOf(new Wrong()));

        Assert.Contains($"'{typeof(Wrong)}' names '{typeof(StationCodec)}' as its codec, which is one for '{typeof(Station)}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_codec_is_named()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => CaptureOf(new NoCodec()));

        Assert.Contains($"'{typeof(NoCodec)}' names '{typeof(string)}' as its codec, which has to derive from PortableCodec<NoCodec>", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_bytes_that_a_codec_sees_can_be_made_by_hand()
    {
        var sink = new ByteSink();
        sink.WriteBool(true);
        sink.WriteCount(3);
        sink.WriteSigned(-2);
        sink.WriteVarint(300);
        sink.WriteFixed32(7);
        sink.WriteFixed64(8);
        sink.WriteText("é\ud800");
        sink.WriteTextOrNull(null);
        sink.WriteBytes([1, 2, 3]);

        var source = new ByteSource(sink.Written.ToArray());

        Assert.True(source.ReadBool());
        Assert.Equal(3, source.ReadCount());
        Assert.Equal(-2, source.ReadSigned());
        Assert.Equal(300UL, source.ReadVarint());
        Assert.Equal(7u, source.ReadFixed32());
        Assert.Equal(8UL, source.ReadFixed64());
        Assert.Equal("é\ud800", source.ReadText());
        Assert.Null(source.ReadTextOrNull());
        Assert.Equal([1, 2, 3], source.ReadBytes(3).ToArray());
        Assert.Equal(0, source.Left);
        Assert.Throws<InvalidDataException>(() => source.ReadByte());
    }

    private static async Coroutine Measure(Inbox<double> items, List<string> printed)
    {
        var (last, roof, again, label) = (new Temperature(await items.ReceiveAsync()), new Station("roof", [1, 2]), default(Station), new Label("label"));
        again = roof;
        await foreach (var item in items)
        {
            var sum = new Temperature(last.Kelvin + item);
            printed.Add(FormattableString.Invariant($"{sum.Kelvin} in {roof.Name} {again.Name}/{ReferenceEquals(roof, again)} ({label.Text} {label.IsWhole && last.HasHandle}), {roof.Readings.Count} readings"));
            last = sum;
        }
    }

    private static async Coroutine Keep(Inbox<int> items, object kept)
    {
        await foreach (var item in items)
        {
            GC.KeepAlive(kept);
        }

        GC.KeepAlive(kept);
    }

    private static async Task CaptureOf(object kept)
    {
        await using var target = Target.Start<int>(items => Keep(items, kept));
        await target.SnapshotAsync();
    }

    /// <summary>The bytes with the checksum that they should have.</summary>
    private static byte[] WithChecksum(byte[] bytes)
    {
        var sum = uint.MaxValue;
        foreach (var value in bytes.AsSpan(0, bytes.Length - 4))
        {
            sum = System.Numerics.BitOperations.Crc32C(sum, value);
        }

        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - 4), ~sum);
        return bytes;
    }

    [PortableCodec(typeof(Codec))]
    private sealed class Short
    {
        internal sealed class Codec : PortableCodec<Short>
        {
            public override int MinBytes => 2;

            public override void Write(ByteSink to, Short value) => to.WriteByte(1);

            public override Short Read(ByteSource from) => new();
        }
    }

    [PortableCodec(typeof(StationCodec))]
    private sealed class Wrong;

    [PortableCodec(typeof(string))]
    private sealed class NoCodec;
}
