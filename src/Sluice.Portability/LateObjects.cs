namespace Sluice;

/// <summary>Objects that can be made only of others: delegates. They are made when all else exists, each after those that it
/// needs; without recursion.</summary>
internal sealed class LateObjects(object?[] objects)
{
    private readonly Dictionary<int, (ulong[] Needs, Func<object> Make)> _left = [];

    /// <param name="at">Which object it is.</param>
    /// <param name="needs">References to what must exist before.</param>
    /// <param name="make">Makes it.</param>
    internal void Add(int at, ulong[] needs, Func<object> make) => _left.Add(at, (needs, make));

    internal void MakeAll()
    {
        var path = new Stack<(int At, int Next)>();
        var begun = new HashSet<int>();
        foreach (var first in _left.Keys.ToArray())
        {
            begun.Add(first);
            path.Push((first, 0));
            while (path.TryPop(out var step))
            {
                if (!_left.TryGetValue(step.At, out var late))
                {
                    continue; // another one needed it
                }

                var next = step.Next;
                while (next < late.Needs.Length && !IsLeft(late.Needs[next]))
                {
                    next++;
                }

                if (next == late.Needs.Length)
                {
                    objects[step.At] = late.Make();
                    _left.Remove(step.At);
                    continue;
                }

                path.Push((step.At, next));
                var needed = (int)late.Needs[next] - 1;
                path.Push(begun.Add(needed) ? (needed, 0) : throw new SnapshotException("The snapshot is damaged: delegates refer to each other."));
            }
        }
    }

    private bool IsLeft(ulong id) => id > 0 && id <= (ulong)objects.Length && _left.ContainsKey((int)id - 1);
}
