using System.Buffers;
using System.Diagnostics;

namespace Sluice;

/// <summary>Finds out when bytes that were not enough for a token have become enough. The reader would look at them from the
/// start each time: a long string in many small pieces would take quadratic time. This looks at each byte once.</summary>
/// <remarks>It judges nothing: anything odd is enough for the reader to look at.</remarks>
[DebuggerDisplay("{_phase}, {_scanned} bytes looked at")]
internal sealed class JsonLookahead(bool allowComments)
{
    private static readonly SearchValues<byte> s_gap = SearchValues.Create(" \t\r\n,:"u8);
    private static readonly SearchValues<byte> s_number = SearchValues.Create("0123456789+-.eE"u8);

    private Phase _phase;
    private int _scanned;

    private enum Phase
    {
        /// <summary>Before a token: white space, and what the reader left since it was not followed by a token.</summary>
        Gap,
        String,

        /// <summary>Behind a name whose colon is missing.</summary>
        AfterString,
        Number,
        Slash,
        LineComment,
        BlockComment,

        /// <summary>A word of a few letters, or something that is wrong.</summary>
        Other,
    }

    /// <summary>The offset at which the current token begins, or the space between tokens.</summary>
    internal int Began { get; private set; }

    /// <summary>Its length so far; a string without its quotes.</summary>
    internal int Length => _scanned - Began - (_phase == Phase.String ? 1 : 0);

    /// <summary>The reader has used what was there: the next bytes are others.</summary>
    internal void Reset()
    {
        _phase = Phase.Gap;
        _scanned = 0;
        Began = 0;
    }

    /// <summary>Looks at the bytes that have come in since the last time.</summary>
    /// <returns>Whether the reader should look at them.</returns>
    internal bool IsEnough(ReadOnlySpan<byte> waiting)
    {
        while (_scanned < waiting.Length)
        {
            var rest = waiting[_scanned..];
            switch (_phase)
            {
                case Phase.Gap:
                    if (Skip(rest.IndexOfAnyExcept(s_gap), rest.Length))
                    {
                        BeginAt(waiting[_scanned]);
                    }

                    break;
                case Phase.String:
                    var found = rest.IndexOfAny((byte)'"', (byte)'\\');
                    if (found >= 0 && rest[found] == (byte)'\\')
                    {
                        if (found + 1 == rest.Length)
                        {
                            _scanned += found;
                            return false; // what it escapes has not come yet
                        }

                        _scanned += found + 2;
                    }
                    else if (Skip(found, rest.Length))
                    {
                        _scanned++;
                        Enter(Phase.AfterString);
                        return true;
                    }

                    break;
                case Phase.AfterString:
                    return Skip(rest.IndexOfAnyExcept(" \t\r\n"u8), rest.Length);
                case Phase.Number:
                    return Skip(rest.IndexOfAnyExcept(s_number), rest.Length);
                case Phase.Slash:
                    if (rest.Length < 2)
                    {
                        return false;
                    }

                    _phase = rest[1] switch { (byte)'/' => Phase.LineComment, (byte)'*' => Phase.BlockComment, _ => Phase.Other };
                    _scanned += 2;
                    break;
                case Phase.LineComment:
                    if (Skip(rest.IndexOfAny((byte)'\n', (byte)'\r'), rest.Length))
                    {
                        Enter(Phase.Gap);
                    }

                    break;
                case Phase.BlockComment:
                    if (!Skip(rest.IndexOf("*/"u8), rest.Length - (rest[^1] == (byte)'*' ? 1 : 0)))
                    {
                        return false;
                    }

                    _scanned += 2;
                    Enter(Phase.Gap);
                    break;
                default:
                    return true;
            }
        }

        return _phase == Phase.Other;
    }

    private void BeginAt(byte first)
    {
        Enter(first switch
        {
            (byte)'"' => Phase.String,
            (byte)'-' or (>= (byte)'0' and <= (byte)'9') => Phase.Number,
            (byte)'/' when allowComments => Phase.Slash,
            _ => Phase.Other,
        });
        _scanned += _phase == Phase.String ? 1 : 0;
    }

    private void Enter(Phase phase)
    {
        _phase = phase;
        Began = _scanned;
    }

    private bool Skip(int found, int length)
    {
        _scanned += found >= 0 ? found : length;
        return found >= 0;
    }
}
