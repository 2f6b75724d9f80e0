using System.Buffers.Binary;
using System.Text;

namespace Sluice.Tests.Portability;

/// <summary>Bytes that are not a snapshot of this program's own code are refused before anything is made.</summary>
public sealed class VerificationTests
{
    private readonly byte[] _bytes = Snapshot().ToBytes();

    [Fact]
    public void Other_bytes_are_no_snapshot()
    {
        Assert.Contains("not a snapshot", Refused([]), StringComparison.Ordinal);
        Assert.Contains("not a snapshot", Refused("hello, world"u8.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_snapshot_that_ends_too_early_is_damaged_wherever_it_ends()
    {
        for (var length = 0; length < _bytes.Length; length++)
        {
            Assert.NotEqual("", Refused(_bytes[..length]));
        }
    }

    [Fact]
    public void A_changed_bit_is_found_wherever_it_is()
    {
        for (var bit = 0; bit < _bytes.Length * 8; bit++)
        {
            _bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual("", Refused(_bytes));
            _bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Another_version_of_the_format_is_named()
    {
        _bytes[4] = 77;

        Assert.Contains("format 77", Refused(Summed(_bytes)), StringComparison.Ordinal);
    }

    [Fact]
    public void Other_code_is_refused_with_what_differs()
    {
        Assert.Contains("'Count' of 'Sluice.Tests.Portability.VerificationTests' has changed since. It has the same variables, but its code is different", Refused(Summed(Replaced("static Count(", "", changesFingerprint: true))), StringComparison.Ordinal);
        var renamed = Refused(Summed(Replaced("<total>", "<totaL>")));
        Assert.Contains("'totaL' (System.Int64) is gone", renamed, StringComparison.Ordinal);
        Assert.Contains("'total' (System.Int64) is new", renamed, StringComparison.Ordinal);
        Assert.Contains("'total' was System.Int32 and is System.Int64", Refused(Summed(Replaced("System.Int64", "System.Int32"))), StringComparison.Ordinal);
        Assert.Contains("does not exist here", Refused(Summed(Replaced("static Count", "static Coumt"))), StringComparison.Ordinal);
        Assert.Contains("there is no type", Refused(Summed(Replaced("VerificationTests", "VerificationTestz"))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_type_that_is_not_allowed_is_named()
    {
        var options = new SnapshotOptions();
        options.AllowedAssemblies.Clear();
        var captured = await Assert.ThrowsAsync<NotPortableException>(() => Start().SnapshotAsync(options).AsTask());
        Assert.Contains("AllowedAssemblies", captured.Message, StringComparison.Ordinal);

        Assert.Contains("does not allow", Refused(_bytes, options), StringComparison.Ordinal);
        Assert.Contains("'System.Diagnostics.Process'", Refused(Summed(With("System.Private.CoreLib", "System.Diagnostics.Process"))), StringComparison.Ordinal);
        Assert.Contains("'Xunit.Assert'", Refused(Summed(With("xunit.assert", "Xunit.Assert"))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_target_of_another_result_than_its_coroutine_is_refused()
    {
        var at = _bytes.AsSpan().IndexOf("System.Int64"u8);
        "System.Int32"u8.CopyTo(_bytes.AsSpan(at));
        var parsed = CoroutineSnapshot.Parse(Summed(_bytes));

        Assert.Throws<SnapshotException>(parsed.Resume<int, int>);
    }

    [Fact]
    public void What_is_resumed_must_take_the_items_that_it_took()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Snapshot().Resume<string>());

        Assert.Contains("CoroutineTarget", error.Message, StringComparison.Ordinal);
    }

    private static string Refused(byte[] bytes, SnapshotOptions? options = null) =>
        Assert.Throws<SnapshotException>(() => CoroutineSnapshot.Parse(bytes, options)).Message;

    private static CoroutineTarget<int, long> Start() => Target.Start<int, long>(Count);

    private static CoroutineSnapshot Snapshot()
    {
        var snapshot = Start().SnapshotAsync().AsTask();
        Assert.True(snapshot.IsCompleted);
        return snapshot.Result;
    }

    private static async Coroutine<long> Count(Inbox<int> items)
    {
        var total = 0L;
        await foreach (var item in items)
        {
            total += item;
        }

        return total;
    }

    /// <summary>With another text of the same length in the place of one, or the fingerprint behind it changed.</summary>
    private byte[] Replaced(string text, string other, bool changesFingerprint = false)
    {
        var bytes = (byte[])_bytes.Clone();
        var at = bytes.AsSpan().LastIndexOf(Encoding.Latin1.GetBytes(text));
        Assert.True(at > 0);
        if (!changesFingerprint)
        {
            Encoding.Latin1.GetBytes(other).CopyTo(bytes, at);
        }
        else
        {
            bytes[FingerprintOf(bytes)] ^= 1;
        }

        return bytes;
    }

    /// <summary>Right behind the identity of the coroutine: its version, 1, and then the fingerprint.</summary>
    private static int FingerprintOf(byte[] bytes)
    {
        var count = Encoding.Latin1.GetBytes("static Count(");
        var at = bytes.AsSpan().IndexOf(count);
        var text = ((bytes[at - 2] & 0x7F) | (bytes[at - 1] << 7)) >> 1; // its length before it, in two bytes
        return at + text + 2;
    }

    /// <summary>A snapshot of one object of one type.</summary>
    private static byte[] With(string assembly, string type)
    {
        var to = new ByteSink();
        to.WriteBytes("SLSN"u8);
        to.WriteVarint(1);
        to.WriteCount(1);
        var schema = new ByteSink();
        schema.WriteByte(0);
        schema.WriteByte(0);
        schema.WriteText(assembly);
        schema.WriteText(type);
        schema.WriteCount(0);
        to.WriteCount(schema.Length);
        to.WriteBytes(schema.Written);
        to.WriteFixed32(0);
        to.WriteFixed32(0);
        return to.Written.ToArray();
    }

    /// <summary>With the checksum that fits.</summary>
    private static byte[] Summed(byte[] bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - 4), Checksum.Of(bytes.AsSpan(0, bytes.Length - 4)));
        return bytes;
    }
}
