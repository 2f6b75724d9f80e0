using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Xml;

namespace Sluice;

/// <summary>Makes events of bytes, with one of Expat's parsers. Thread safety: one thread at a time.</summary>
/// <remarks>Expat calls back while it parses. The callbacks only write events to a list, which is sent when the native call has
/// returned: so nothing that a stage does happens on a native frame, neither an early end nor an error. A piece is short,
/// and with it the list.</remarks>
internal sealed unsafe partial class ExpatParser : IDisposable
{
    /// <summary>The number of bytes that are parsed at once at the most: the shorter, the sooner an early end; the longer, the fewer calls.</summary>
    internal const int PieceLength = 32 << 10;

    private readonly XmlEventsOptions _options;
    private readonly string? _origin; // the file, for errors
    private readonly ExpatLibrary.ExpatHandle _expat;
    private readonly XmlInput _input;
    private readonly XmlNames _names = new();
    private readonly XmlPageWriter _writer = new();
    private readonly XmlScopes _scopes = new();
    private string[] _open = new string[16]; // the names of the elements that have begun
    private int _depth;
    private XmlEvent[] _events = new XmlEvent[256];
    private int _count;
    private Exception? _failure;
    private readonly long _longestToken;
    private long _fed;
    private bool _holdsReturn; // the last byte that came is a carriage return, and Expat does not have it
    private long _token; // where what Expat holds begins: a tag, a comment
    private string _encoding = ""; // which the document says it is in, if Expat itself does not know it

    // Of the text that comes in: it is made of pieces, and one between two pieces of markup may be lone white space.
    private bool _leavesOutSpace;
    private bool _isLoneSpace;
    private int _piece; // where it begins in the text
    private int _counted; // bytes of the text whose characters were counted
    private long _characters;

    internal ExpatParser(XmlEventsOptions options, string? origin)
    {
        _options = options;
        _origin = origin;
        _longestToken = XmlLimits.TokenLength(options);
        _input = new(options, ExpatEncodings.Find);
        _expat = ExpatLibrary.Create();
        SetCallbacks();
        _isLoneSpace = _leavesOutSpace = !options.KeepWhitespace;
    }

    /// <summary>The events that the last call made; written over by the next one.</summary>
    internal XmlEvent[] Events => _events;

    /// <summary>Their number.</summary>
    internal int Count => _count;

    public void Dispose() => _expat.Dispose();

    /// <summary>Parses bytes, at most <see cref="PieceLength"/> of them; none are the end of the document.</summary>
    /// <returns>How many.</returns>
    internal int Parse(ReadOnlySpan<byte> bytes)
    {
        var piece = bytes[..Math.Min(bytes.Length, PieceLength)];
        var isLast = bytes.IsEmpty;
        if (_input.IsTransparent)
        {
            Run(piece, isLast);
            return piece.Length;
        }

        // Behind a failure nothing more comes. Expat should give out what is complete before it.
        var seen = isLast ? _input.End() : _input.Take(piece);
        Run(seen, isLast || _input.Failure is not null);
        _failure ??= _input.Failure;
        return piece.Length;
    }

    /// <summary>Throws what the last call came to, once its events have been sent.</summary>
    /// <exception cref="XmlException">The document is not well-formed, or past a limit.</exception>
    internal void ThrowIfFailed()
    {
        if (_failure is not null)
        {
            throw XmlOrigin.Named(_failure, _origin);
        }
    }

    private void Run(ReadOnlySpan<byte> bytes, bool isLast)
    {
        _count = 0;

        // Expat knows this object only as long as it calls back: a parser that no one disposes can be collected.
        using var self = new GCHandle<ExpatParser>(this);
        ExpatLibrary.SetUserData(_expat, GCHandle<ExpatParser>.ToIntPtr(self));
        ExpatLibrary.OnUnknownEncoding(_expat, &OnUnknownEncoding, GCHandle<ExpatParser>.ToIntPtr(self));
        while (!bytes.IsEmpty && _failure is null)
        {
            // Expat holds a tag or a comment until it is complete, and is given no more of one than is allowed: then it does not matter how the bytes came.
            var left = _longestToken - (_fed + (_holdsReturn ? 1 : 0) - _token);
            if (left <= 0)
            {
                _failure = Error(XmlLimits.TokenTooLong(_longestToken));
                return;
            }

            var part = bytes[..(int)Math.Min(left, bytes.Length)];
            if (part.Length == left)
            {
                ExpatLibrary.LookAtOnce(_expat, isOn: true);
                Feed(part, isLast: false);
                ExpatLibrary.LookAtOnce(_expat, isOn: false);
            }
            else
            {
                Feed(part, isLast: false);
            }

            bytes = bytes[part.Length..];
        }

        if (isLast && _failure is null)
        {
            Feed([], isLast);
        }
    }

    /// <summary>Some versions of Expat count a line end twice if its two bytes come apart. So a carriage return waits for the byte behind it.</summary>
    private void Feed(ReadOnlySpan<byte> bytes, bool isLast)
    {
        if (_holdsReturn && (isLast || !bytes.IsEmpty))
        {
            _holdsReturn = false;
            var isWhole = bytes is [(byte)'\n', ..];
            Pass(isWhole ? "\r\n"u8 : "\r"u8, isLast: false);
            bytes = isWhole ? bytes[1..] : bytes;
        }

        if (bytes is [.., (byte)'\r'])
        {
            _holdsReturn = true;
            bytes = bytes[..^1];
        }

        if (_failure is null && (isLast || !bytes.IsEmpty))
        {
            Pass(bytes, isLast);
        }
    }

    private void Pass(ReadOnlySpan<byte> bytes, bool isLast)
    {
        int status;
        fixed (byte* first = bytes)
        {
            status = ExpatLibrary.Parse(_expat, first, bytes.Length, isLast ? 1 : 0);
        }

        _fed += bytes.Length;
        if (status == ExpatLibrary.StatusError)
        {
            var error = ExpatLibrary.ErrorOf(_expat);
            if (isLast && ExpatLibrary.IsAboutEnd(error))
            {
                _failure ??= _input.Failure; // Expat was given no more than the bytes before that
            }

            if (_failure is null && IsTextTooLong())
            {
                _failure = Error(XmlLimits.TextTooLong(_options)); // it ends where it is wrong
            }

            _failure ??= Error(ReasonOf(error));
        }
        else if (ExpatLibrary.IndexOf(_expat).Value is not -1 and var index)
        {
            _token = _fed - unchecked((int)(_fed - index)); // as wide as the system's long; -1: Expat has not looked
        }
    }

    private void Fail(Exception error)
    {
        _failure ??= error;
        _ = ExpatLibrary.Stop(_expat, canResume: 0); // says whether it was stopped already
    }

    private string ReasonOf(int error) =>
        error == ExpatLibrary.ErrorUnknownEncoding ? ExpatEncodings.NotRead(_encoding) : TextOf(ExpatLibrary.TextOf(error));

    private XmlException Error(string message) =>
        new(message, null, (int)ExpatLibrary.LineOf(_expat).Value, (int)ExpatLibrary.ColumnOf(_expat).Value + 1);

    private void Start(byte* utf8Name, byte** attributes)
    {
        if (!EndsText())
        {
            return;
        }

        if (_depth == _options.MaxDepth)
        {
            throw Error(XmlLimits.TooDeep(_options));
        }

        var name = _names.Get(Utf8(utf8Name));
        if (*attributes is not null)
        {
            AddAttributes(attributes);
        }

        if (_scopes.Check(name, _writer.AttributeNames) is { } wrong)
        {
            throw Error(wrong);
        }

        Add(_writer.Start(name));
        if (_depth == _open.Length)
        {
            Array.Resize(ref _open, _depth * 2);
        }

        _open[_depth++] = name;
    }

    private void AddAttributes(byte** attributes)
    {
        for (; *attributes is not null; attributes += 2)
        {
            var name = _names.Get(Utf8(attributes[0]));
            var value = Utf8(attributes[1]);
            _writer.BeginAttribute(name);
            _writer.Append(value);
            _writer.EndAttribute();
            if (XmlScopes.IsDeclaration(name) && _scopes.Declare(_depth, name, Encoding.UTF8.GetString(value)) is { } wrong)
            {
                throw Error(wrong);
            }
        }

        _isLoneSpace = _leavesOutSpace = !_options.KeepWhitespace && !_scopes.KeepsWhitespace;
    }

    private void End()
    {
        if (!EndsText())
        {
            return;
        }

        Add(XmlEvent.ForEnd(_open[--_depth])); // Expat has seen to it that this is its name
        if (_scopes.End(_depth))
        {
            _isLoneSpace = _leavesOutSpace = !_options.KeepWhitespace && !_scopes.KeepsWhitespace;
        }
    }

    private void Text(ReadOnlySpan<byte> part)
    {
        _isLoneSpace = _isLoneSpace && part[0] <= ' ' && part.IndexOfAnyExceptInRange((byte)0, (byte)' ') < 0;
        if (part.Length > _longestToken - _writer.Length)
        {
            // At the first byte that is not to be in memory; a part has no end of a line in it but at its beginning.
            var within = part[..(int)(_longestToken - _writer.Length)];
            var column = (long)ExpatLibrary.ColumnOf(_expat).Value + 1 + CodePointsIn(within);
            throw new XmlException(XmlLimits.TextTooLong(_options), null, (int)ExpatLibrary.LineOf(_expat).Value, (int)Math.Min(column, int.MaxValue));
        }

        _writer.Append(part);
    }

    private static int CodePointsIn(ReadOnlySpan<byte> utf8)
    {
        var count = 0;
        foreach (var value in utf8)
        {
            count += (value & 0xC0) == 0x80 ? 0 : 1;
        }

        return count;
    }

    /// <summary>Returns whether the text has too many characters; lone white space does not count.</summary>
    private bool IsTextTooLong()
    {
        if (_writer.Length <= _options.MaxTextLength || _isLoneSpace)
        {
            return _characters > _options.MaxTextLength;
        }

        _characters += XmlPosition.CharactersIn(_writer.Written[_counted..]);
        _counted = _writer.Length;
        return _characters > _options.MaxTextLength;
    }

    private void BeginCdata()
    {
        EndsPiece();
        _isLoneSpace = false; // what stands in such a section is there on purpose
    }

    /// <summary>Ends a piece of text, at the markup behind it.</summary>
    /// <returns>False if the text is too long, which is the failure then.</returns>
    private bool EndsPiece()
    {
        if (_isLoneSpace)
        {
            _writer.Truncate(_piece);
        }
        else if (_writer.Length > _options.MaxTextLength && IsTextTooLong())
        {
            Fail(Error(XmlLimits.TextTooLong(_options)));
            return false;
        }

        _piece = _writer.Length;
        _isLoneSpace = _leavesOutSpace;
        return true;
    }

    private bool EndsText()
    {
        if (!EndsPiece())
        {
            return false;
        }

        if (_piece > 0)
        {
            Add(_writer.EndText());
            (_piece, _counted, _characters) = (0, 0, 0);
        }

        return true;
    }

    private void Add(XmlEvent e)
    {
        if (_count == _events.Length)
        {
            Array.Resize(ref _events, _count * 2);
        }

        _events[_count++] = e;
    }

    private static ReadOnlySpan<byte> Utf8(byte* text) => MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text);

    private static string TextOf(byte* text) => Encoding.UTF8.GetString(Utf8(text));
}
