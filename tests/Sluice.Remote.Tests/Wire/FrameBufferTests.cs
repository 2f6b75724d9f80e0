namespace Sluice.Tests;

/// <summary>Incoming bytes, cut into frames.</summary>
public sealed class FrameBufferTests
{
    private const int Limit = 128 * 1024 * 1024;

    private readonly FrameBuffer _buffer = new(Limit);
    private readonly ByteSource _payload = new([], 0, 0);

    [Fact]
    public void A_length_alone_takes_no_memory()
    {
        Put([0, 0, 0, 8, 20, 0]); // 128 MiB are promised
        Assert.False(_buffer.TryNext(_payload, out _, out _));
        for (var i = 0; i < 100; i++)
        {
            Put(new byte[10_000]);
            Assert.False(_buffer.TryNext(_payload, out _, out _));
        }

        Assert.True(_buffer.Capacity <= 4 * 1_000_000, $"{_buffer.Capacity} bytes for 1,000,000 that came");
    }

    [Fact]
    public void Memory_for_a_large_frame_is_given_back()
    {
        Put(RawPeer.Frame(20, 0, new byte[10_000_000]));
        Assert.True(_buffer.TryNext(_payload, out _, out _));
        Assert.Equal(10_000_000, _payload.Left);
        _buffer.Room();
        Assert.True(_buffer.Capacity < 1024 * 1024);
    }

    [Fact]
    public void Frames_of_any_size_come_out_of_pieces_of_any_size() => Seed.Run(5, random =>
    {
        var bytes = new List<byte>();
        var lengths = new List<int>();
        for (var i = 0; i < 300; i++)
        {
            var payload = new byte[i % 50 == 0 ? random.Next(400_000) : random.Next(2000)];
            Array.Fill(payload, (byte)i);
            lengths.Add(payload.Length);
            bytes.AddRange(RawPeer.Frame((byte)(16 + (i % 240)), i * 100, payload));
        }

        var all = bytes.ToArray();
        var next = 0;
        for (var at = 0; at < all.Length;)
        {
            var count = Math.Min(random.Next(1, 70_000), all.Length - at);
            at += Put(all.AsSpan(at, count));
            while (_buffer.TryNext(_payload, out var kind, out var channel))
            {
                Assert.Equal((16 + (next % 240), next * 100, lengths[next]), (kind, channel, _payload.Left));
                Assert.False(_payload.ReadBytes(_payload.Left).ContainsAnyExcept((byte)next));
                next++;
            }
        }

        Assert.Equal(300, next);
    });

    private int Put(ReadOnlySpan<byte> bytes)
    {
        var all = bytes.Length;
        while (!bytes.IsEmpty)
        {
            var room = _buffer.Room();
            var count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room);
            _buffer.Add(count);
            bytes = bytes[count..];
        }

        return all;
    }
}
