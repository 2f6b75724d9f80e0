using System.Collections.Immutable;
using System.Reflection;

namespace Sluice;

/// <summary>Finds objects that can change and that two nodes keep, or two keys of a node: each would have a copy of its own after a resume (rule 20).</summary>
/// <remarks>It is looked at when the states are written, beside the run: the capture itself only notes what it has met. Thread safety: <see cref="Add"/> any thread.</remarks>
internal sealed class SharedObjects
{
    private const BindingFlags Fields = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private readonly List<(string Node, SnapshotWriter Written)> _nodes = [];

    /// <summary>A node is captured.</summary>
    internal void Add(string node, SnapshotWriter written)
    {
        lock (_nodes)
        {
            _nodes.Add((node, written));
        }
    }

    /// <summary>All nodes are captured.</summary>
    /// <exception cref="NotPortableException">Thrown: two of them, or two keys of one, keep the same object.</exception>
    internal void Verify()
    {
        var mutable = new Dictionary<Type, bool>();
        foreach (var (node, written) in _nodes)
        {
            foreach (var (item, finder) in written.Owners!.Shared)
            {
                if (Counts(written, item, mutable) && !IsInValue(written.Objects[finder], written.Objects[item]))
                {
                    throw Refuse(written.Objects[item], $"two keys of '{node}'", node, PathOf(written, item), node, PathOf(written, item, finder));
                }
            }
        }

        VerifyNodes(mutable);
    }

    private void VerifyNodes(Dictionary<Type, bool> mutable)
    {
        // The greatest one only asks: a table with a million keys is not put into another one.
        var owners = new Dictionary<object, (int Node, int Item)>(ReferenceEqualityComparer.Instance);
        var order = Enumerable.Range(0, _nodes.Count).OrderBy(i => _nodes[i].Written.Count).ToArray();
        foreach (var at in order)
        {
            var (node, written) = _nodes[at];
            for (var item = 1; item < written.Count; item++)
            {
                if (!Counts(written, item, mutable))
                {
                    continue;
                }

                if (owners.TryGetValue(written.Objects[item], out var other))
                {
                    var (first, by) = _nodes[other.Node];
                    throw Refuse(written.Objects[item], "two nodes", first, PathOf(by, other.Item), node, PathOf(written, item));
                }

                if (at != order[^1])
                {
                    owners.Add(written.Objects[item], (at, item));
                }
            }
        }
    }

    /// <summary>Returns whether an object can change, is stored, and is no part of a value that cannot.</summary>
    private static bool Counts(SnapshotWriter written, int number, Dictionary<Type, bool> mutable)
    {
        var item = written.Objects[number];
        if (item is string)
        {
            return false;
        }

        if (!mutable.TryGetValue(item.GetType(), out var mayChange))
        {
            mayChange = item is Coroutine or IPort || (item.GetType() is var type && (type.IsArray || CapturedObjects.MayChange(item)));
            mutable.Add(item.GetType(), mayChange);
        }

        return mayChange && item is not Array { Length: 0 } && !written.IsOutside(item) && !IsInValue(written.Objects[written.Finders[number]], item);
    }

    /// <summary>Returns whether an array is the inside of something that does not change, such as an <see cref="ImmutableArray"/> or a window.</summary>
    private static bool IsInValue(object holder, object item) =>
        item is Array && holder is not Coroutine && (LibraryAssemblies.Contains(holder.GetType().Assembly) || IsBehindStructure(CapturePath.Holder(holder), item, 0))
        || (item is Array && holder is Coroutine && IsBehindStructure(CapturePath.Holder(holder), item, 0));

    private static bool IsBehindStructure(object holder, object item, int depth)
    {
        for (var at = holder.GetType(); at is not null && at != typeof(object) && !at.IsArray; at = at.BaseType)
        {
            foreach (var field in at.GetFields(Fields))
            {
                if (field.FieldType is not { IsValueType: true, IsPrimitive: false } || field.FieldType.IsByRefLike || field.GetValue(holder) is not { } value)
                {
                    continue;
                }

                if (IsReadOnlyView(field.FieldType) ? value.GetType().GetFields(Fields).Any(inner => ReferenceEquals(inner.GetValue(value), item)) : depth < 4 && IsBehindStructure(value, item, depth + 1))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsReadOnlyView(Type type) =>
        type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(ImmutableArray<>) || type.GetGenericTypeDefinition() == typeof(ReadOnlyMemory<>));

    private static string PathOf(SnapshotWriter written, int item, int? finder = null)
    {
        var finders = written.Finders;
        if (finder is { } by)
        {
            int[] other = [.. finders];
            other[item] = by;
            finders = other;
        }

        var found = CapturePath.Refuse(written.Objects, finders, item, null, "", written.Objects[item].GetType());
        return (found.Coroutine, found.Variable) switch
        {
            ({ } coroutine, { } variable) => $"the variable '{variable}' of '{coroutine}'",
            ({ } coroutine, null) => $"'{coroutine}'",
            (null, { } variable) => $"'{variable}'",
            _ => "its items",
        };
    }

    private static NotPortableException Refuse(object item, string owners, string first, string firstPath, string second, string secondPath)
    {
        const string Reason = "after a resume each of them has a copy of its own, and a change by one is not seen by the other. Items are values: send copies, or objects that cannot change";
        return new($"The same '{item.GetType()}' is kept by {owners}: by '{first}' in {firstPath}, and by '{second}' in {secondPath}. It can be changed, and {Reason}.", first, firstPath, item.GetType(), Reason);
    }
}
