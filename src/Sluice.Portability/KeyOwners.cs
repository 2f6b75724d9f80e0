using System.Collections;
using System.Runtime.InteropServices;

namespace Sluice;

/// <summary>The keys that objects of a node belong to: those that only the coroutine of that key reaches. Object identity is kept within one key (rule 20).</summary>
/// <remarks>Objects of the library, such as the table of the keys, belong to no key, and what they hold neither. Owner: the thread that captures.</remarks>
internal sealed class KeyOwners
{
    private readonly List<int> _owners = []; // 0 for none, else the number of the key
    private readonly List<(int Object, int Finder)> _shared = [];
    private int _current;
    private bool _isTable; // what is current may be the inside of a table of keys
    private int _keys;

    /// <summary>Objects that a second key has come to, by their numbers, with the object through which it has.</summary>
    internal IReadOnlyList<(int Object, int Finder)> Shared => _shared;

    internal void Clear()
    {
        _owners.Clear();
        _shared.Clear();
        (_current, _keys) = (0, 0);
    }

    /// <summary>An object is met for the first time.</summary>
    internal void Found(object item) => _owners.Add(_current > 0 ? _current : item is IStageKey || (_isTable && item is IInnerTarget) ? ++_keys : 0);

    /// <summary>An object is met again.</summary>
    internal void FoundAgain(int item, int finder)
    {
        var owner = _owners[item];
        if (owner != _current && owner > 0 && _current > 0)
        {
            _shared.Add((item, finder));
        }
    }

    /// <summary>What is found from now on is found through this object.</summary>
    internal void Begin(int number, object item, TypeCodec codec)
    {
        ref var owner = ref CollectionsMarshal.AsSpan(_owners)[number];
        if (owner > 0 && codec.IsOfLibrary && item is not IStageKey)
        {
            owner = 0;
        }

        _current = owner;
        _isTable = owner == 0 && (item is IDictionary || (item is Array && item.GetType().GetElementType()!.IsValueType));
    }
}
