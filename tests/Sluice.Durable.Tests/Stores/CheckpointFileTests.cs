using System.Text;
using Sluice.Durable;

namespace Sluice.Tests;

/// <summary>The file of an exported checkpoint: every damage is found.</summary>
public sealed class CheckpointFileTests
{
    [Fact]
    public async Task A_damaged_file_is_refused_wherever_the_damage_is()
    {
        var store = Checkpoints.Memory();
        var bytes = await ExportAsync(store);

        for (var i = 0; i < bytes.Length; i++)
        {
            var flipped = (byte[])bytes.Clone();
            flipped[i] ^= 0x10;
            using var damaged = new MemoryStream(flipped);
            var error = await Assert.ThrowsAnyAsync<StoreException>(() => store.ImportAsync("copy", damaged));
            Assert.True(error is StoreDamagedException or StoreVersionException, $"byte {i}: {error}");
        }

        for (var length = 0; length < bytes.Length; length++)
        {
            using var truncated = new MemoryStream(bytes, 0, length);
            await Assert.ThrowsAsync<StoreDamagedException>(() => store.ImportAsync("copy", truncated));
        }

        Assert.Null(await store.FindJobAsync("copy"));
    }

    [Fact]
    public async Task A_file_of_a_newer_version_is_refused_by_name()
    {
        var store = Checkpoints.Memory();
        var bytes = await ExportAsync(store);
        bytes[8] = 2;

        using var newer = new MemoryStream(bytes);
        var error = await Assert.ThrowsAsync<StoreVersionException>(() => store.ImportAsync("copy", newer));

        Assert.Equal((2, 1), (error.Found, error.Supported));
    }

    private static async Task<byte[]> ExportAsync(CheckpointStore store)
    {
        await using var session = await store.OpenAsync("j");
        await session.CommitAsync(new CheckpointCommit
        {
            Number = 7,
            Name = "n",
            Time = DateTimeOffset.UnixEpoch,
            Rows = new CheckpointRows
            {
                Graph = "g"u8.ToArray(),
                Nodes = [new NodeState { Node = "a", State = "state"u8.ToArray() }],
                Keys = [new KeyState { Node = "k", Group = 5, Key = "x"u8.ToArray(), DueTime = 9, State = "1"u8.ToArray() }],
                Positions = [new SourcePosition { Node = "s", Partition = "p", Position = "12"u8.ToArray() }],
                Staged = [new StagedOutput { Node = "o", Output = Encoding.UTF8.GetBytes("line") }],
            },
        });
        using var file = new MemoryStream();
        await store.ExportAsync("j", file);
        return file.ToArray();
    }
}
