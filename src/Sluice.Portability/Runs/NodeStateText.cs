using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Sluice;

/// <summary>The state of a node for people. What the program gives to the node is not there, and nothing is resumed.</summary>
internal static class NodeStateText
{
    /// <summary>The text of a state: where it stands, and the variables of its coroutines or the fields of its operator.</summary>
    /// <param name="state">The state, as <see cref="NodeStates.Capture"/> gave it.</param>
    /// <param name="options">What states may have.</param>
    /// <param name="position">Gives the end of a sentence about the position of a source.</param>
    /// <param name="key">The text of the key whose coroutines are wanted. Null: all of the node.</param>
    /// <returns>Some lines; null if there is no such key.</returns>
    /// <exception cref="SnapshotException">Thrown: it is damaged, or of types that are not there.</exception>
    [RequiresUnreferencedCode("The types in stored states are found by name.")]
    [RequiresDynamicCode("Codecs are compiled for the types in stored states.")]
    internal static string? Of(byte[] state, SnapshotOptions options, Func<byte[], SnapshotOptions, string> position, string? key)
    {
        try
        {
            var from = new ByteSource(state);
            switch ((StateKind)from.ReadByte())
            {
                case StateKind.Ended or StateKind.EndedSource:
                    return key is null ? "has ended\n" : null;
                case StateKind.NewSource:
                    return key is null ? "has not begun\n" : null;
                case StateKind.Source:
                    return key is null ? $"stands {position(from.ReadBytes(from.Left).ToArray(), options)}\n" : null;
                case StateKind.Coroutine:
                    return OfCoroutine(from, options, key);
                case StateKind.Operator:
                    return OfFields(from, options, key, areNamed: true);
                case StateKind.Values:
                    return OfFields(from, options, key, areNamed: false);
                default:
                    throw new SnapshotException($"The state of the node begins with {state[0]}, which this version of Sluice does not know.");
            }
        }
        catch (InvalidDataException damage)
        {
            throw new SnapshotException($"The state of the node is damaged. {damage.Message}", damage);
        }
    }

    /// <summary>A value in a line, if the bytes are one that <see cref="StoredValue"/> wrote.</summary>
    /// <exception cref="SnapshotException">Thrown: it is damaged, or of types that are not there.</exception>
    [RequiresUnreferencedCode("The types in stored states are found by name.")]
    [RequiresDynamicCode("Codecs are compiled for the types in stored states.")]
    internal static string? TryDescribeValue(byte[] bytes, SnapshotOptions options) =>
        SnapshotFormat.IsMarked(bytes) ? SnapshotText.OfValue(StoredValue.Read(bytes, options)) : null;

    [RequiresUnreferencedCode("The types in stored states are found by name.")]
    [RequiresDynamicCode("Codecs are compiled for the types in stored states.")]
    private static string? OfCoroutine(ByteSource from, SnapshotOptions options, string? key)
    {
        var text = Begin(from);
        text.Append(CultureInfo.InvariantCulture, $"waits at inbox {from.ReadVarint()}");
        var left = from.ReadSigned();
        text.Append(left == long.MinValue ? "" : $", for {new TimeSpan(left):c} more").Append('\n');
        from.ReadSigned(); // the inbox whose end it waits for
        from.ReadBytes(from.ReadCount()); // its arguments, which are among the variables
        var objects = Open(from, options);
        if (key is null)
        {
            var root = RootOf(objects);
            for (var i = 1; i < root.Length; i++)
            {
                if (root[i] is ICollection { Count: > 0 } items)
                {
                    text.Append(CultureInfo.InvariantCulture, $"has {items.Count} items that it has not received yet\n");
                }
            }
        }

        return SnapshotText.TryAppend(text, objects, key) ? text.ToString() : null;
    }

    [RequiresUnreferencedCode("The types in stored states are found by name.")]
    [RequiresDynamicCode("Codecs are compiled for the types in stored states.")]
    private static string? OfFields(ByteSource from, SnapshotOptions options, string? key, bool areNamed)
    {
        var text = Begin(from).Append('\n');
        var objects = Open(from, options);
        if (key is null)
        {
            var values = RootOf(objects);
            for (var i = 0; i < values.Length; i += areNamed ? 2 : 1)
            {
                SnapshotText.AppendVariable(text, areNamed ? (string)values[i]! : string.Create(CultureInfo.InvariantCulture, $"value {i}"), values[areNamed ? i + 1 : i]);
            }
        }

        return SnapshotText.TryAppend(text, objects, key) ? text.ToString() : null;
    }

    /// <summary>Nothing at all is the empty array that the node's outputs may be too, which stay outside.</summary>
    private static object?[] RootOf(IReadOnlyList<object?> objects) => objects[0] as object?[] ?? [];

    private static StringBuilder Begin(ByteSource from) =>
        new StringBuilder().Append(CultureInfo.InvariantCulture, $"at {new DateTime(from.ReadSigned(), DateTimeKind.Utc):yyyy-MM-dd HH:mm:ss} UTC ");

    [RequiresUnreferencedCode("The types in stored states are found by name.")]
    [RequiresDynamicCode("Codecs are compiled for the types in stored states.")]
    private static IReadOnlyList<object?> Open(ByteSource from, SnapshotOptions options)
    {
        var shown = new SnapshotOptions { UsesReflection = options.UsesReflection, IsToDescribe = true };
        shown.AllowedAssemblies.Clear();
        shown.AllowedAssemblies.UnionWith(options.AllowedAssemblies);
        shown.Outside["clock"] = TimeProvider.System;
        return CoroutineSnapshot.Parse(from.ReadBytes(from.Left), shown).Open(out _).Objects;
    }
}
