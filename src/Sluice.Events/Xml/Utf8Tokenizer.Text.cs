using System.Buffers;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace Sluice;

/// <content>Text. A piece of it stands between two pieces of markup; pieces that only comments and the like are between are
/// one text.</content>
internal sealed partial class Utf8Tokenizer
{
    private const int NoPiece = -1;

    private static readonly SearchValues<byte> s_textStops = SearchValues.Create([.. ControlsBut("\t\n"u8), .. "<&]"u8]);

    private int _piece = NoPiece; // what of the text came before this piece, in bytes
    private bool _hasInk; // whether something in the piece is not white space
    private int _characters; // of the pieces that are complete
    private bool _keepsWhitespace;
    private XmlEvent? _text; // one whose end has been seen

    /// <summary>Goes to the markup behind a piece of text.</summary>
    private bool Text()
    {
        if (_piece != NoPiece)
        {
            return TextInParts();
        }

        // Most pieces are white space that is left out, or a few letters.
        var bytes = Vector256.LoadUnsafe(ref _buffer[_at]);
        var ink = _at + BitOperations.TrailingZeroCount(~IsWhitespace(bytes).ExtractMostSignificantBits());
        if (_buffer[ink] == (byte)'<' && !_keepsWhitespace)
        {
            _at = ink;
            return true;
        }

        var end = _at + BitOperations.TrailingZeroCount(IsNoPlainText(bytes).ExtractMostSignificantBits());
        if (_buffer[end] != (byte)'<' || (ink >= end && !_keepsWhitespace) || _options.MaxTextLength - _characters < Vector256<byte>.Count)
        {
            return TextInParts();
        }

        _writer.Append(_buffer.AsSpan(_at..end));
        _characters += end - _at;
        _at = end;
        return true;
    }

    private bool TextInParts()
    {
        if (_piece == NoPiece)
        {
            _piece = _writer.Length;
            _hasInk = false;
        }

        while (true)
        {
            AddRun(s_textStops);
            switch (_buffer[_at])
            {
                case (byte)'<':
                    EndPiece();
                    return true;
                case (byte)'&':
                    if (!Reference(ref _at, out var character))
                    {
                        return false;
                    }

                    AddPart(character);
                    break;
                case (byte)'\r':
                    if (!LineEnd())
                    {
                        return false;
                    }

                    break;
                case (byte)']':
                    if (IsCutFrom("]]>"u8))
                    {
                        return false;
                    }

                    if (_buffer.AsSpan(_at).StartsWith("]]>"u8))
                    {
                        throw Error(_at, "']]>' cannot be in a text.");
                    }

                    AddPart("]"u8);
                    _at++;
                    break;
                case 0 when _at == _end && _isLast:
                    EndPiece();
                    return false;
                default:
                    return NeedsMore(_at);
            }
        }
    }

    /// <summary>A carriage return is a line end, and so is one with a line feed behind it.</summary>
    private bool LineEnd()
    {
        if (IsCutFrom("\r\n"u8))
        {
            return false;
        }

        AddPart("\n"u8);
        _at += _buffer[_at + 1] == (byte)'\n' ? 2 : 1;
        return true;
    }

    /// <summary>Adds what needs no look. Bytes past what may be in memory are not looked at, so that it does not matter whether they are there.</summary>
    private void AddRun(SearchValues<byte> stops)
    {
        var limit = _at + (long)_longestToken - _writer.Length;
        var end = EndOfRun(_at, (int)Math.Min(limit, _end), stops);
        AddPart(_buffer.AsSpan(_at..end));
        _at = end;
        if (limit < _end && !stops.Contains(_buffer[end]))
        {
            throw TextTooLong();
        }
    }

    private void AddPart(ReadOnlySpan<byte> part)
    {
        _hasInk = _hasInk || part.ContainsAnyExcept(" \t\r\n"u8);
        _writer.Append(part);
        if (_writer.Length > _longestToken)
        {
            throw TextTooLong();
        }
    }

    private void EndPiece()
    {
        if (_hasInk || _keepsWhitespace)
        {
            _characters += XmlPosition.CharactersIn(_writer.Written[_piece..]);
            if (_characters > _options.MaxTextLength)
            {
                throw TextTooLong();
            }
        }
        else
        {
            _writer.Truncate(_piece);
        }

        _piece = NoPiece;
    }

    /// <summary>The text ends with the tag that comes, and is an event when all of that has come and is right.</summary>
    private void HoldText()
    {
        if (_writer.Length > 0)
        {
            _text = _writer.EndText();
            _characters = 0;
        }
    }

    private void TakeText(XmlEvent[] events, ref int count)
    {
        if (_text is { } text)
        {
            events[count++] = text;
            _text = null;
        }
    }
}
