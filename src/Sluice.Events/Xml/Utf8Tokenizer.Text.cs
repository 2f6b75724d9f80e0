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

    /// <summary>Goes to the markup behind a piece of text.</summary>
    private bool Text()
    {
        if (_text.Piece != NoPiece)
        {
            return TextInParts();
        }

        // Most pieces are white space that is left out, or a few letters.
        var bytes = Vector256.LoadUnsafe(ref _buffer[_at]);
        var ink = _at + BitOperations.TrailingZeroCount(~IsWhitespace(bytes).ExtractMostSignificantBits());
        if (_buffer[ink] == (byte)'<' && !_text.KeepsWhitespace)
        {
            _at = ink;
            return true;
        }

        var end = _at + BitOperations.TrailingZeroCount(IsNoPlainText(bytes).ExtractMostSignificantBits());
        if (_buffer[end] != (byte)'<' || (ink >= end && !_text.KeepsWhitespace) || _options.MaxTextLength - _text.Characters < Vector256<byte>.Count)
        {
            return TextInParts();
        }

        _writer.Append(_buffer.AsSpan(_at..end));
        _text.Characters += end - _at;
        _at = end;
        return true;
    }

    private bool TextInParts()
    {
        if (_text.Piece == NoPiece)
        {
            _text.Piece = _writer.Length;
            _text.HasInk = false;
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
        var limit = _at + (long)_limits.Token - _writer.Length;
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
        _text.HasInk = _text.HasInk || part.ContainsAnyExcept(" \t\r\n"u8);
        _writer.Append(part);
        if (_writer.Length > _limits.Token)
        {
            throw TextTooLong();
        }
    }

    private void EndPiece()
    {
        if (_text.HasInk || _text.KeepsWhitespace)
        {
            _text.Characters += XmlPosition.CharactersIn(_writer.Written[_text.Piece..]);
            if (_text.Characters > _options.MaxTextLength)
            {
                throw TextTooLong();
            }
        }
        else
        {
            _writer.Truncate(_text.Piece);
        }

        _text.Piece = NoPiece;
    }

    /// <summary>The text ends with the tag that comes, and is an event when all of that has come and is right.</summary>
    private void HoldText()
    {
        if (_writer.Length > 0)
        {
            _text.Complete = _writer.EndText();
            _text.Characters = 0;
        }
    }

    private void TakeText(XmlEvent[] events, ref int count)
    {
        if (_text.Complete is { } text)
        {
            events[count++] = text;
            _text.Complete = null;
        }
    }
}
