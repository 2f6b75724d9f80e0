using System.Buffers;

namespace Sluice;

/// <content>What begins with <c>&lt;!</c> or <c>&lt;?</c>. None of it is kept until its end comes.</content>
internal sealed partial class Utf8Tokenizer
{
    private const int LongestTarget = 4096;

    private static readonly SearchValues<byte> s_commentStops = SearchValues.Create([.. ControlsBut("\t\r\n"u8), .. "-"u8]);
    private static readonly SearchValues<byte> s_instructionStops = SearchValues.Create([.. ControlsBut("\t\r\n"u8), .. "?"u8]);

    private static readonly SearchValues<byte> s_dataStops = SearchValues.Create([.. ControlsBut("\t\n"u8), .. "]"u8]);

    private bool Markup()
    {
        var rest = _buffer.AsSpan(_at.._end);
        if (rest[1] == (byte)'?')
        {
            return Instruction();
        }

        if (rest.StartsWith("<!--"u8))
        {
            return Begin(Mode.Comment, "<!--".Length);
        }

        if (rest.StartsWith("<![CDATA["u8))
        {
            if (_elements.Depth == 0)
            {
                throw Error(_at, TextOutside);
            }

            _text.Piece = _writer.Length;
            _text.HasInk = true; // white space is text here
            return Begin(Mode.Data, "<![CDATA[".Length);
        }

        if ("<!--"u8.StartsWith(rest) || "<![CDATA["u8.StartsWith(rest) || "<!DOCTYPE"u8.StartsWith(rest[..Math.Min(rest.Length, "<!DOCTYPE".Length - 1)]))
        {
            return rest.StartsWith("<!DOCTYPE"u8) && BeginDoctype();
        }

        throw Error(_at, "'<!' begins a comment ('<!--') or a CDATA section ('<![CDATA['): this is neither.");
    }

    private bool Begin(Mode mode, int length)
    {
        if (mode is Mode.Comment or Mode.Instruction)
        {
            CountTo(_at);
            _unfinished.Beginning = _place.Position;
        }

        _mode = mode;
        _at += length;
        _unfinished.Length = length + (mode == Mode.Comment ? "-->".Length : "?>".Length);
        return true;
    }

    private bool Skip() => _mode == Mode.Comment ? SkipComment() : SkipInstruction();

    /// <summary>Goes on in a comment or instruction, to a stop or to the last complete character there is. What is skipped needs no memory, but
    /// it has the limit that it has at the other sources; bytes past it are not looked at, so that it does not matter whether they are there.</summary>
    private void SkipRun(SearchValues<byte> stops)
    {
        var limit = _at + _limits.Token - _unfinished.Length;
        var end = limit < _end ? EndOfRun(_at, Math.Max(_at, (int)limit), stops) : EndOfRun(_at, _end, stops);
        _unfinished.Length += end - _at;
        _at = end;
        if (limit < _end && (end > limit || !stops.Contains(_buffer[end])))
        {
            throw _unfinished.Beginning.Error(XmlLimits.TokenTooLong(_limits.Token));
        }
    }

    /// <summary>Goes behind a byte that only looked like the end of what is skipped.</summary>
    private void SkipByte()
    {
        _at++;
        _unfinished.Length++;
    }

    private bool Instruction()
    {
        var at = _at + 2;
        var start = _buffer.AsSpan(at.._end);
        if (start.Length > LongestTarget && !start[..(LongestTarget + 1)].ContainsAny(s_nameStops))
        {
            throw Error(_at, $"The target of a processing instruction is longer than {LongestTarget} bytes.");
        }

        if (Name(ref at) is not { } target)
        {
            return false;
        }

        if (target.Text.Equals("xml", StringComparison.OrdinalIgnoreCase))
        {
            throw Error(_at, "The XML declaration can only be at the very beginning.");
        }

        if (target.Prefix.Length > 0)
        {
            throw Error(_at, XmlLimits.TargetHasColon(target.Text));
        }

        if (_buffer[at] == (byte)'?' && at + 1 == _end)
        {
            return false;
        }

        if (!IsWhitespace(_buffer[at]) && !_buffer.AsSpan(at).StartsWith("?>"u8))
        {
            throw Unexpected(at, $"White space or '?>' has to be here, behind '{target.Text}'.");
        }

        return Begin(Mode.Instruction, at - _at);
    }

    private bool SkipInstruction()
    {
        while (true)
        {
            SkipRun(s_instructionStops);
            if (_buffer[_at] != (byte)'?')
            {
                return NeedsMore(_at);
            }

            if (_at + 1 == _end)
            {
                return false;
            }

            if (_buffer[_at + 1] == (byte)'>')
            {
                return Begin(Mode.Content, "?>".Length);
            }

            SkipByte();
        }
    }

    private bool SkipComment()
    {
        while (true)
        {
            SkipRun(s_commentStops);
            if (_buffer[_at] != (byte)'-')
            {
                return NeedsMore(_at);
            }

            if ("-->"u8.StartsWith(_buffer.AsSpan(_at..Math.Min(_end, _at + 2))) && _end - _at < "-->".Length)
            {
                return false;
            }

            if (_buffer[_at + 1] == (byte)'-')
            {
                return _buffer[_at + 2] == (byte)'>' ? Begin(Mode.Content, "-->".Length) : throw Error(_at, "'--' cannot be in a comment.");
            }

            SkipByte();
        }
    }

    private bool Data()
    {
        while (true)
        {
            AddRun(s_dataStops);
            switch (_buffer[_at])
            {
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
                        EndPiece();
                        return Begin(Mode.Content, "]]>".Length);
                    }

                    AddPart("]"u8);
                    _at++;
                    break;
                default:
                    return NeedsMore(_at);
            }
        }
    }
}
