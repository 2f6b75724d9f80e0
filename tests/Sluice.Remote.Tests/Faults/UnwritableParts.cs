using System.Buffers;
using System.Buffers.Binary;

namespace Sluice.Tests;

/// <summary>Stages that raise what is too large for a frame: static methods, so that they are portable.</summary>
internal static class UnwritableParts
{
    internal static FormatException Large() => new(new string('x', 200_000));

    /// <summary>Returns what comes out of the throw.</summary>
    internal static async Task<Exception?> ThrowLarge(Target<int> next)
    {
        try
        {
            await next.ThrowAsync(Large());
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }

    internal static async Coroutine ThrowLargeAt(Inbox<int> items, Target<int> next, int at, Post post)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(item);
            if (item == at)
            {
                try
                {
                    await next.ThrowAsync(Large());
                }
                catch (Exception error)
                {
                    post.Say(error.GetType().Name);
                    throw;
                }
            }
        }
    }

    internal static async Coroutine FailLarge(Inbox<int> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(item);
            throw Large();
        }
    }

    internal static async Coroutine<byte[]> ResultOfBytes(Inbox<int> items)
    {
        await foreach (var _ in items)
        {
        }

        return new byte[200_000];
    }

    /// <summary>Says each item, until no more comes.</summary>
    internal static async Coroutine SayEach(Inbox<int> items, Post post)
    {
        await foreach (var item in items)
        {
            post.Say($"{item}");
        }
    }

    /// <summary>Fails when half of a certain item is written.</summary>
    internal sealed class FailingAt(int bad) : ItemCodec<int>
    {
        public override void Write(int item, IBufferWriter<byte> to)
        {
            BinaryPrimitives.WriteInt16LittleEndian(to.GetSpan(2), (short)item);
            to.Advance(2);
            if (item == bad)
            {
                throw new FormatException($"not {item}");
            }
        }

        public override int Read(ReadOnlySpan<byte> from) => BinaryPrimitives.ReadInt16LittleEndian(from);
    }
}
