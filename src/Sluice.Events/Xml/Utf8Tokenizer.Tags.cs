using System.Buffers;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace Sluice;

/// <content>Tags.</content>
internal sealed partial class Utf8Tokenizer
{
    private static readonly SearchValues<byte> s_nameStops = SearchValues.Create([.. ControlsBut([]), .. " />=?"u8]);

    private bool StartTag(XmlEvent[] events, ref int count)
    {
        var at = _at + 1;
        if (Name(ref at) is not { } name)
        {
            return false;
        }

        XmlEvent start;
        if (_buffer[at] == (byte)'>' && !name.HasPrefix)
        {
            if (Leaf(name, at + 1, events, ref count))
            {
                return true;
            }

            start = XmlEvent.ForStart(name.Text);
        }
        else
        {
            if (!Attributes(name, ref at))
            {
                return false;
            }

            start = _writer.Start(name.Text);
        }

        TakeText(events, ref count);
        if (_elements.Depth == _options.MaxDepth)
        {
            throw Error(_at, XmlLimits.TooDeep(_options));
        }

        if (_elements.Depth == 0)
        {
            BeginRoot();
        }

        events[count++] = start;
        if (_elements.Depth == _elements.Open.Length)
        {
            Array.Resize(ref _elements.Open, _elements.Depth * 2);
        }

        _elements.Open[_elements.Depth++] = name;
        if (_buffer[at] == (byte)'/')
        {
            at++;
            Close(name, events, ref count);
        }

        _at = at + 1;
        return true;
    }

    /// <summary>An element with nothing in it but a short text, which most are: in one go, which makes a whole feed a
    /// tenth faster.</summary>
    /// <returns>False if it is something else, or has anything special.</returns>
    private bool Leaf(XmlName name, int at, XmlEvent[] events, ref int count)
    {
        var text = Vector256.LoadUnsafe(ref _buffer[at]);
        var length = BitOperations.TrailingZeroCount(IsNoPlainText(text).ExtractMostSignificantBits());
        var end = at + length + "</".Length;
        if (_buffer[at] <= ' ' || length == 0 || _buffer[at + length] != (byte)'<' || _buffer[end - 1] != (byte)'/'
            || (Vector128.LoadUnsafe(ref _buffer[end]) & name.ClosingMask) != name.ClosingBytes
            || _elements.Depth == 0 || _elements.Depth == _options.MaxDepth || length > _options.MaxTextLength)
        {
            return false;
        }

        TakeText(events, ref count);
        _writer.Append(_buffer.AsSpan(at, length));
        events[count] = XmlEvent.ForStart(name.Text);
        events[count + 1] = _writer.EndText();
        events[count + 2] = XmlEvent.ForEnd(name.Text);
        count += 3;
        _at = end + name.Closing.Length;
        return true;
    }

    private bool EndTag(XmlEvent[] events, ref int count)
    {
        if (_elements.Depth == 0)
        {
            throw Error(_at, "An end tag has no start tag.");
        }

        var open = _elements.Open[_elements.Depth - 1];
        var at = _at + 2;
        if ((Vector128.LoadUnsafe(ref _buffer[at]) & open.ClosingMask) == open.ClosingBytes)
        {
            at += open.Closing.Length;
        }
        else if (!RestOfEndTag(open, ref at))
        {
            return false;
        }

        HoldText();
        TakeText(events, ref count);
        Close(open, events, ref count);
        _at = at;
        return true;
    }

    private bool RestOfEndTag(XmlName open, ref int at)
    {
        if (Name(ref at) is not { } name)
        {
            return false;
        }

        if (name.Text != open.Text)
        {
            throw Error(_at, $"The end tag '{name.Text}' does not match the start tag '{open.Text}'.");
        }

        at = EndOfWhitespace(at);
        if (at == _end)
        {
            return false;
        }

        if (_buffer[at] != (byte)'>')
        {
            throw Unexpected(at, $"The end tag of '{name.Text}' has to end here with '>'.");
        }

        CheckLengthOfTag(at - _at);
        at++;
        return true;
    }

    private void BeginRoot()
    {
        if (_elements.HasRoot)
        {
            throw Error(_at, "A document has only one element that is in no other.");
        }

        _elements.HasRoot = true;
    }

    private void Close(XmlName name, XmlEvent[] events, ref int count)
    {
        events[count++] = XmlEvent.ForEnd(name.Text);
        _elements.Depth--;
        LeaveScope(_elements.Depth);
    }

    /// <summary>Goes behind a name.</summary>
    /// <returns>The name; null if it is not known where it ends.</returns>
    private XmlName? Name(ref int at)
    {
        var bytes = Vector128.LoadUnsafe(ref _buffer[at]);
        var length = BitOperations.TrailingZeroCount(EndsName(bytes).ExtractMostSignificantBits());
        var isShort = length < Vector128<byte>.Count;
        if (!isShort)
        {
            length = _buffer.AsSpan(at.._end).IndexOfAny(s_nameStops);
        }

        if (length < 0 || at + length == _end)
        {
            return null;
        }

        if (length == 0)
        {
            throw Unexpected(at, "A name has to be here.");
        }

        if (!isShort)
        {
            CheckLengthOfTag(at + length - _at); // or of an instruction, whose target is shorter
        }

        var utf8 = _buffer.AsSpan(at, length);
        var name = isShort ? _names.Find(bytes & XmlName.FirstBytes(length), utf8) : _names.Find(utf8);
        if (!name.IsValid)
        {
            throw Error(at, $"'{name.Text}' is not a name.");
        }

        at += length;
        return name;
    }

    private static Vector128<byte> EndsName(Vector128<byte> bytes) =>
        Vector128.LessThanOrEqual(bytes, Vector128.Create((byte)' '))
        | Vector128.Equals(bytes, Vector128.Create((byte)'>'))
        | Vector128.Equals(bytes, Vector128.Create((byte)'/'))
        | Vector128.Equals(bytes, Vector128.Create((byte)'='))
        | Vector128.Equals(bytes, Vector128.Create((byte)'?'));

    /// <summary>Not all of the tag is there, but what is there is right so far.</summary>
    private bool AwaitEndOfTag()
    {
        (_mode, _unfinished.Found, _unfinished.Quote) = (Mode.Tag, _at + 1, 0);
        return false;
    }

    private bool FindEndOfTag()
    {
        while (true)
        {
            var rest = _buffer.AsSpan(_unfinished.Found.._end);
            var next = _unfinished.Quote == 0 ? rest.IndexOfAny((byte)'>', (byte)'"', (byte)'\'') : rest.IndexOf(_unfinished.Quote);
            _unfinished.Found += next < 0 ? rest.Length : next;
            CheckLengthOfTag(_unfinished.Found - _at);
            if (next < 0)
            {
                return false;
            }

            _unfinished.Found++;
            if (rest[next] == (byte)'>' && _unfinished.Quote == 0)
            {
                _mode = Mode.Content;
                return true;
            }

            _unfinished.Quote = _unfinished.Quote == 0 ? rest[next] : (byte)0;
        }
    }
}
