namespace Sluice;

/// <summary>The common part of starts of one kind: the element's name, and its attributes' names in their order.</summary>
internal sealed record XmlShape(string Name, string[] Attributes);

/// <summary>The shapes of a document's starts that have attributes, by number. Only added to; read from any thread.</summary>
internal sealed class XmlShapes
{
    /// <summary>A document may have as many different shapes as it likes; only so many are kept.</summary>
    private const int Limit = 4096;

    // Only the writer adds. Who has an event has the number of a shape that was there before the event was sent.
    private volatile XmlShape[] _shapes = new XmlShape[16];
    private readonly Dictionary<string, int[]> _ofName = [];
    private int _count;
    private int _last;

    internal XmlShape this[int number] => _shapes[number];

    /// <summary>The number of a shape, which is added if it is new and not too many are there.</summary>
    /// <returns>False: it is new, and no more are kept.</returns>
    internal bool TryGet(string name, ReadOnlySpan<string> attributes, out int number)
    {
        number = _last;
        if (number < _count && ReferenceEquals(_shapes[number].Name, name) && attributes.SequenceEqual(_shapes[number].Attributes))
        {
            return true; // most starts are like the one before
        }

        var known = _ofName.GetValueOrDefault(name, []);
        foreach (var candidate in known)
        {
            if (attributes.SequenceEqual(_shapes[candidate].Attributes))
            {
                _last = number = candidate;
                return true;
            }
        }

        number = _count;
        // An element with as many shapes as this one would make each of its starts slow.
        if (_count == Limit || known.Length == 16)
        {
            return false;
        }

        if (_count == _shapes.Length)
        {
            var longer = new XmlShape[_count * 2];
            _shapes.CopyTo(longer, 0);
            _shapes = longer;
        }

        _shapes[_count++] = new(name, attributes.ToArray());
        _ofName[name] = [.. known, number];
        return true;
    }
}
