using System.Buffers.Binary;

namespace Sluice.Tests;

/// <summary>Streams of frames that are damaged in one way or another.</summary>
internal static class StreamMutations
{
    /// <summary>Bits, bytes and lengths are changed, stretches cut, doubled or exchanged.</summary>
    internal static void Mutate(byte[] stream, int count, int seed, Action<byte[]> use) => Seed.Run(seed, random =>
    {
        for (var i = 0; i < count; i++)
        {
            use(Mutated(stream, random));
        }
    });

    internal static byte[] Mutated(byte[] stream, Random random)
    {
        var mutated = new List<byte>(stream);
        for (var changes = random.Next(1, 4); changes > 0 && mutated.Count > 0; changes--)
        {
            var at = random.Next(mutated.Count);
            var length = random.Next(1, Math.Min(20, mutated.Count - at) + 1);
            switch (random.Next(6))
            {
                case 0:
                    mutated[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    mutated[at] = (byte)random.Next(256);
                    break;
                case 2:
                    mutated.RemoveRange(at, random.Next(2) == 0 ? length : mutated.Count - at);
                    break;
                case 3:
                    mutated.InsertRange(at, mutated.GetRange(random.Next(mutated.Count - length + 1), length));
                    break;
                case 4:
                    mutated.InsertRange(at, Enumerable.Range(0, length).Select(_ => (byte)random.Next(256)));
                    break;
                default:
                    for (var j = at; j < at + length; j++)
                    {
                        mutated[j] = 255;
                    }

                    break;
            }
        }

        return [.. mutated];
    }

    /// <summary>Whole frames are exchanged, doubled, left out, put in from other streams, or damaged behind their lengths.</summary>
    internal static byte[] MutatedByFrames(IReadOnlyList<byte[]> frames, IReadOnlyList<byte[]> others, Random random)
    {
        var mutated = new List<byte[]>(frames);
        for (var changes = random.Next(1, 4); changes > 0 && mutated.Count > 0; changes--)
        {
            var (at, other) = (random.Next(mutated.Count), random.Next(mutated.Count));
            switch (random.Next(5))
            {
                case 0:
                    (mutated[at], mutated[other]) = (mutated[other], mutated[at]);
                    break;
                case 1:
                    mutated.Insert(at, mutated[other]);
                    break;
                case 2:
                    mutated.RemoveAt(at);
                    break;
                case 3:
                    mutated.Insert(at, others[random.Next(others.Count)]);
                    break;
                default:
                    byte[] frame = [0, 0, 0, 0, .. Mutated(mutated[at][FrameHeader.Prefix..], random)];
                    BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - FrameHeader.Prefix);
                    mutated[at] = frame;
                    break;
            }
        }

        return [.. mutated.SelectMany(static frame => frame)];
    }

    /// <summary>The frames of an undamaged stream.</summary>
    internal static IReadOnlyList<byte[]> FramesOf(byte[] stream)
    {
        var frames = new List<byte[]>();
        for (var at = 0; at < stream.Length; at += frames[^1].Length)
        {
            var length = FrameHeader.Prefix + BinaryPrimitives.ReadInt32LittleEndian(stream.AsSpan(at));
            frames.Add(stream[at..(at + length)]);
        }

        return frames;
    }
}
