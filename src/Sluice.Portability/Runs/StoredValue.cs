using System.Diagnostics.CodeAnalysis;

namespace Sluice;

/// <summary>A value as bytes, such as the result of a run.</summary>
internal static class StoredValue
{
    [RequiresDynamicCode("Codecs are compiled for the types in it.")]
    internal static byte[] Write(object? value, SnapshotOptions options) =>
        SnapshotFormat.TryCapture(new[] { value }, options, moves: false, out _)!.ToBytes();

    [RequiresUnreferencedCode("The types in it are found by name.")]
    [RequiresDynamicCode("Codecs are compiled for the types in it.")]
    internal static object? Read(ReadOnlySpan<byte> bytes, SnapshotOptions options)
    {
        CoroutineSnapshot.Parse(bytes, options).Open(out var root);
        return ((object?[])root)[0];
    }
}
