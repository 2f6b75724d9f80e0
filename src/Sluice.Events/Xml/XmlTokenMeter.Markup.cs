namespace Sluice;

/// <content>Where markup begins and ends. Of documents that are wrong it only sees to it that nothing has a length without bounds.</content>
internal sealed partial class XmlTokenMeter
{
    private bool _hasRoot;
    private byte _quote;
    private int _marks; // of those before the '>' that ends it: "--", "]]", "?"
    private long _run; // of the text, up to a reference and with that as one byte

    private enum State
    {
        Text, // between two pieces of markup; also outside of the root element
        Reference,
        Markup, // behind '<'
        Exclamation, // behind "<!"
        CommentBegun, // behind "<!-"
        Tag, // and what is none of the others
        Quoted, // in a value of a tag
        Comment,
        Instruction,
        Data, // a CDATA section
    }

    private bool IsText => _state is State.Text or State.Reference or State.Data;

    /// <summary>Goes on from a byte.</summary>
    /// <returns>The index of the next one to look at.</returns>
    private int Next(ReadOnlySpan<byte> units, int at) => _state switch
    {
        State.Text => Text(units, at),
        State.Reference => Reference(units, at),
        State.Tag => Tag(units, at),
        State.Quoted => Quoted(units, at),
        State.Comment => Skip(units, at, (byte)'-', marks: 2),
        State.Data => Skip(units, at, (byte)']', marks: 2),
        State.Instruction => Skip(units, at, (byte)'?', marks: 1),
        _ => Markup(units[at], at),
    };

    private int Text(ReadOnlySpan<byte> units, int at)
    {
        at = MarkupOr((byte)'&', units, at);
        if (at < units.Length && _state == State.Text)
        {
            (_state, _run, _from) = (State.Reference, at - _from + 1, at);
        }

        return Math.Min(at + 1, units.Length);
    }

    /// <summary>A reference is one character of the text, however many bytes it takes.</summary>
    private int Reference(ReadOnlySpan<byte> units, int at)
    {
        at = MarkupOr((byte)';', units, at);
        if (at < units.Length && _state == State.Reference)
        {
            (_state, _from) = (State.Text, at + 1 - _run);
        }

        return Math.Min(at + 1, units.Length);
    }

    /// <summary>Finds the next markup or the next of another byte, whichever comes first; the markup begins there.</summary>
    /// <returns>Where it is; the number of units if neither is there.</returns>
    private int MarkupOr(byte other, ReadOnlySpan<byte> units, int at)
    {
        var found = units[at..].IndexOfAny((byte)'<', other);
        if (found < 0)
        {
            return units.Length;
        }

        at += found;
        if (units[at] == (byte)'<')
        {
            Begin(State.Markup, at);
        }

        return at;
    }

    private int Markup(byte unit, int at)
    {
        _state = (_state, unit) switch
        {
            (State.Markup, (byte)'!') => State.Exclamation,
            (State.Markup, (byte)'?') => State.Instruction,
            (State.Exclamation, (byte)'-') => State.CommentBegun,
            (State.Exclamation, (byte)'[') => State.Data,
            (State.CommentBegun, (byte)'-') => State.Comment,
            _ => State.Tag,
        };
        _marks = 0;
        _hasRoot |= _state == State.Tag;
        return _state == State.Tag ? at : at + 1;
    }

    private int Tag(ReadOnlySpan<byte> units, int at)
    {
        var found = units[at..].IndexOfAny((byte)'>', (byte)'"', (byte)'\'');
        if (found < 0)
        {
            return units.Length;
        }

        at += found;
        if (units[at] == (byte)'>')
        {
            Begin(State.Text, at + 1);
        }
        else
        {
            (_state, _quote) = (State.Quoted, units[at]);
        }

        return at + 1;
    }

    private int Quoted(ReadOnlySpan<byte> units, int at)
    {
        var found = units[at..].IndexOf(_quote);
        if (found < 0)
        {
            return units.Length;
        }

        _state = State.Tag;
        return at + found + 1;
    }

    /// <summary>Looks for the end, which is a '>' behind so many marks.</summary>
    private int Skip(ReadOnlySpan<byte> units, int at, byte mark, int marks)
    {
        if (_marks == 0)
        {
            var found = units[at..].IndexOf(mark);
            if (found < 0)
            {
                return units.Length;
            }

            at += found;
        }

        if (units[at] == mark)
        {
            _marks = Math.Min(_marks + 1, marks);
        }
        else if (units[at] == (byte)'>' && _marks == marks)
        {
            Begin(State.Text, at + 1);
        }
        else
        {
            _marks = 0;
        }

        return at + 1;
    }

    private void Begin(State state, int at) => (_state, _from, _begunAt) = (state, at, at);
}
