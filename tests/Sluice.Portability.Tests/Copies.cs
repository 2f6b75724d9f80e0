namespace Sluice.Tests.Portability;

/// <summary>Snapshots as another process would see them.</summary>
internal static class Copies
{
    internal static CoroutineSnapshot Of(CoroutineSnapshot snapshot, SnapshotOptions? options = null) => CoroutineSnapshot.Parse(snapshot.ToBytes(), options);
}
