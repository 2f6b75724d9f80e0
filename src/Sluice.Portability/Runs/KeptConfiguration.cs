using System.Security.Cryptography;

namespace Sluice;

/// <summary>The configuration of a run whose state is kept: nodes that may be given other arguments than stored, and captured objects that must not change (rule 18).</summary>
/// <remarks>Thread safety: any thread.</remarks>
internal sealed class KeptConfiguration
{
    private readonly ILookup<string, (CaptureFinding Captured, byte[] Digest)> _digests;
    private readonly ISet<string> _accepted;
    private readonly SnapshotOptions _options;

    /// <summary>Digests what was captured.</summary>
    /// <param name="accepted">The names of nodes that may be given other arguments than the stored ones.</param>
    /// <param name="captured">Objects that must not change.</param>
    /// <param name="options">What snapshots may have.</param>
    /// <exception cref="NotPortableException">Thrown: one of them cannot be digested.</exception>
    internal KeptConfiguration(ISet<string> accepted, IEnumerable<CaptureFinding> captured, SnapshotOptions options)
    {
        _accepted = accepted;
        _options = options;
        _digests = captured.Select(one => (one, DigestOf(one))).ToLookup(static one => one.one.Node, StringComparer.Ordinal);
    }

    /// <summary>Gets whether the time between a checkpoint and the run that goes on there counts for waits. Default yes.</summary>
    internal bool DowntimeCounts { get; init; } = true;

    /// <summary>Gets whether a node may be given other arguments.</summary>
    internal bool Accepts(string node) => _accepted.Contains(node);

    /// <summary>Compares what a node has captured with what it was at the start.</summary>
    /// <exception cref="NotPortableException">Thrown: it has changed.</exception>
    internal void Verify(string node)
    {
        foreach (var (captured, digest) in _digests[node])
        {
            if (!DigestOf(captured).AsSpan().SequenceEqual(digest))
            {
                const string Reason = "it has changed since the start of the run. A run that goes on gets it from the program, as it is there at the start, so what was done to it would be lost";
                throw Refuse(captured, $"'{captured.Path}', which '{captured.Node}' has captured, is not as it was", Reason + ". Keep it in a local variable of a coroutine (Stage.Create), which is stored");
            }
        }
    }

    private static NotPortableException Refuse(CaptureFinding captured, string what, string reason) =>
        new($"{what}: {reason}.", captured.Method, captured.Path, captured.Item!.GetType(), reason);

    private byte[] DigestOf(CaptureFinding captured)
    {
        try
        {
            return SHA256.HashData(StoredValue.Write(captured.Item, _options));
        }
        catch (NotPortableException error)
        {
            throw Refuse(captured, $"'{captured.Path}', which '{captured.Node}' has captured, cannot be compared at each checkpoint", error.Reason);
        }
        catch (InvalidOperationException error) when (error is not NotPortableException)
        {
            throw Refuse(captured, $"'{captured.Path}', which '{captured.Node}' has captured, cannot be compared at each checkpoint", $"it is changed at this moment ({error.Message})");
        }
    }
}
