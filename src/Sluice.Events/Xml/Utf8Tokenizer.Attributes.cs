using System.Buffers;
using System.Numerics;
using System.Runtime.Intrinsics;
using System.Text;

namespace Sluice;

/// <content>Attributes, and the namespaces of what has a prefix.</content>
internal sealed partial class Utf8Tokenizer
{
    private static readonly SearchValues<byte> s_valueStops = SearchValues.Create([.. ControlsBut([]), .. "<&\"'"u8]);

    private readonly XmlScopes _scopes = new();
    private bool _hasPrefixes;

    /// <summary>Goes to the end of a start tag, <c>&gt;</c> or <c>/&gt;</c>, and writes its attributes on the way.</summary>
    /// <returns>False if not all of the tag is there.</returns>
    private bool Attributes(XmlName element, ref int at)
    {
        _hasPrefixes = element.HasPrefix;
        while (true)
        {
            var before = at;
            at = EndOfWhitespace(at);
            switch (_buffer[at])
            {
                case (byte)'/' when _buffer[at + 1] != (byte)'>' && at + 1 < _end:
                    throw Unexpected(at + 1, "A '/' in a tag has to be followed by '>'.");
                case (byte)'/' when at + 1 == _end:
                    return false;
                case (byte)'>' or (byte)'/':
                    CheckLengthOfTag(at - _at + (_buffer[at] == (byte)'/' ? 1 : 0));
                    CheckPrefixes(element);
                    return true;
                case 0 when at == _end:
                    return false;
                case var _ when at == before:
                    throw Unexpected(at, $"White space or the end of the tag has to be here, behind what belongs to '{element.Text}'.");
            }

            if (!Attribute(ref at))
            {
                return false;
            }
        }
    }

    private bool Attribute(ref int at)
    {
        var start = at;
        if (Name(ref at) is not { } name)
        {
            return false;
        }

        at = EndOfWhitespace(at);
        if (at == _end)
        {
            return false;
        }

        if (_buffer[at] != (byte)'=')
        {
            throw Unexpected(at, $"The attribute '{name.Text}' needs a '=' and a value.");
        }

        at = EndOfWhitespace(at + 1);
        if (at == _end)
        {
            return false;
        }

        var quote = _buffer[at];
        if (quote is not ((byte)'"' or (byte)'\''))
        {
            throw Unexpected(at, $"The value of the attribute '{name.Text}' has to be in quotes.");
        }

        if (_writer.HasAttribute(name.Text))
        {
            throw Error(start, $"The attribute '{name.Text}' is there twice.");
        }

        at++;
        _writer.BeginAttribute(name.Text);
        if (!Value(ref at, quote))
        {
            return false;
        }

        _hasPrefixes |= name.HasPrefix;
        if (XmlScopes.IsDeclaration(name.Text))
        {
            Declare(name, start);
        }

        _writer.EndAttribute();
        return true;
    }

    /// <summary>Goes behind the value and its quote. White space in it is normalized as XML 1.0, section 3.3.3 says.</summary>
    private bool Value(ref int at, byte quote)
    {
        var bytes = Vector256.LoadUnsafe(ref _buffer[at]);
        var length = BitOperations.TrailingZeroCount(IsNoPlainValue(bytes).ExtractMostSignificantBits());
        if (_buffer[at + length] == quote)
        {
            _writer.Append(_buffer.AsSpan(at, length));
            at += length + 1;
            return true;
        }

        while (true)
        {
            var end = EndOfRun(at, s_valueStops);
            _writer.Append(_buffer.AsSpan(at..end));
            at = end;
            var stop = _buffer[at];
            if (stop == quote)
            {
                at++;
                return true;
            }

            switch (stop)
            {
                case (byte)'"' or (byte)'\'':
                    _writer.Append([stop]);
                    at++;
                    break;
                case (byte)'\t' or (byte)'\n' or (byte)'\r':
                    _writer.Append(" "u8);
                    at += stop == (byte)'\r' && _buffer[at + 1] == (byte)'\n' ? 2 : 1;
                    break;
                case (byte)'&':
                    if (!Reference(ref at, out var character))
                    {
                        return false;
                    }

                    _writer.Append(character);
                    break;
                case (byte)'<':
                    throw Error(at, "'<' cannot be in the value of an attribute.");
                default:
                    return NeedsMore(at);
            }
        }
    }

    private void Declare(XmlName name, int at)
    {
        if (_scopes.Declare(_elements.Depth, name.Text, Encoding.UTF8.GetString(_writer.Value)) is { } wrong)
        {
            throw Error(at, wrong);
        }

        _text.KeepsWhitespace = _options.KeepWhitespace || _scopes.KeepsWhitespace;
    }

    private void CheckPrefixes(XmlName element)
    {
        if (_hasPrefixes && _scopes.Check(element.Text, _writer.AttributeNames) is { } wrong)
        {
            throw Error(_at, wrong);
        }
    }

    /// <summary>Forgets what the attributes of an element say that so many are around.</summary>
    private void LeaveScope(int depth)
    {
        if (_scopes.End(depth))
        {
            _text.KeepsWhitespace = _options.KeepWhitespace || _scopes.KeepsWhitespace;
        }
    }
}
