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
    /// <summary>How many bytes are parsed at once at the most: the shorter, the sooner an early end; the longer, the fewer calls.</summary>
    internal const int PieceLength = 32 << 10;

    private readonly XmlEventsOptions _options;
    private readonly ExpatLibrary.ExpatHandle _expat;
    private readonly XmlNames _names = new();
    private readonly XmlPageWriter _writer = new();
    private readonly XmlScopes _scopes = new();
    private string[] _open = new string[16]; // the names of the elements that have begun
    private int _depth;
    private XmlEvent[] _events = new XmlEvent[256];
    private int _count;
    private Exception? _failure;
    private long _charactersLeft;
    private long _fed;

    // Of the text that comes in: it is made of pieces, and one between two pieces of markup may be lone white space.
    private bool _leavesOutSpace;
    private bool _isLoneSpace;
    private int _piece; // where it begins in the text
    private int _counted; // bytes of the text whose characters were counted
    private long _characters;

    internal ExpatParser(XmlEventsOptions options)
    {
        _options = options;
        _charactersLeft = options.MaxDocumentLength == 0 ? long.MaxValue : options.MaxDocumentLength;
        _expat = ExpatLibrary.Create();
        SetCallbacks();
        _isLoneSpace = _leavesOutSpace = !options.KeepWhitespace;
    }

    /// <summary>The events that the last call made; written over by the next one.</summary>
    internal XmlEvent[] Events => _events;

    /// <summary>How many there are.</summary>
    internal int Count => _count;

    public void Dispose() => _expat.Dispose();

    /// <summary>Parses bytes, at most <see cref="PieceLength"/> of them; none are the end of the document.</summary>
    /// <returns>How many.</returns>
    internal int Parse(ReadOnlySpan<byte> bytes)
    {
        var piece = bytes[..Math.Min(bytes.Length, PieceLength)];
        var within = _options.MaxDocumentLength == 0 ? piece : piece[..XmlLimits.LengthWithin(piece, ref _charactersLeft)];
        Run(within, isLast: bytes.IsEmpty);
        if (within.Length < piece.Length)
        {
            _failure ??= Error(XmlLimits.DocumentTooLong(_options));
        }

        return piece.Length;
    }

    /// <summary>Throws what the last call came to, once its events have been sent.</summary>
    /// <exception cref="XmlException">The document is not well-formed, or past a limit.</exception>
    internal void ThrowIfFailed()
    {
        if (_failure is not null)
        {
            throw _failure;
        }
    }

    private void Run(ReadOnlySpan<byte> bytes, bool isLast)
    {
        _count = 0;

        // Expat knows this object only as long as it calls back: a parser that nobody disposes can be collected.
        using var self = new GCHandle<ExpatParser>(this);
        ExpatLibrary.SetUserData(_expat, GCHandle<ExpatParser>.ToIntPtr(self));
        int status;
        fixed (byte* first = bytes)
        {
            status = ExpatLibrary.Parse(_expat, first, bytes.Length, isLast ? 1 : 0);
        }

        _fed += bytes.Length;
        if (status == ExpatLibrary.StatusError)
        {
            _failure ??= Error(TextOf(ExpatLibrary.TextOf(ExpatLibrary.ErrorOf(_expat))));
        }
        else if (unchecked((int)(_fed - ExpatLibrary.IndexOf(_expat).Value)) > XmlLimits.TokenLength(_options.MaxTextLength))
        {
            _failure ??= Error(XmlLimits.TextTooLong(_options)); // Expat holds a tag or a comment until it is complete
        }
    }

    private void Fail(Exception error)
    {
        _failure ??= error;
        _ = ExpatLibrary.Stop(_expat, canResume: 0); // says whether it was stopped already
    }

    private XmlException Error(string message) =>
        new(message, null, (int)ExpatLibrary.LineOf(_expat).Value, (int)ExpatLibrary.ColumnOf(_expat).Value + 1);

    private void Start(byte* utf8Name, byte** attributes)
    {
        EndText();
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
        EndText();
        Add(XmlEvent.ForEnd(_open[--_depth])); // Expat has seen to it that this is its name
        if (_scopes.End(_depth))
        {
            _isLoneSpace = _leavesOutSpace = !_options.KeepWhitespace && !_scopes.KeepsWhitespace;
        }
    }

    private void Text(ReadOnlySpan<byte> part)
    {
        _isLoneSpace = _isLoneSpace && part[0] <= ' ' && part.IndexOfAnyExceptInRange((byte)0, (byte)' ') < 0;
        _writer.Append(part);
        if (_writer.Length > _options.MaxTextLength)
        {
            CheckLength();
        }
    }

    /// <summary>Lone white space does not count, unless it takes too much memory.</summary>
    private void CheckLength()
    {
        if (!_isLoneSpace)
        {
            _characters += Encoding.UTF8.GetCharCount(_writer.Written[_counted..]);
            _counted = _writer.Length;
        }

        if (_characters > _options.MaxTextLength || _writer.Length > XmlLimits.TokenLength(_options.MaxTextLength))
        {
            throw Error(XmlLimits.TextTooLong(_options));
        }
    }

    private void BeginCdata()
    {
        EndPiece();
        _isLoneSpace = false; // what stands in such a section is there on purpose
    }

    private void EndPiece()
    {
        if (_isLoneSpace)
        {
            _writer.Truncate(_piece);
        }

        _piece = _writer.Length;
        _isLoneSpace = _leavesOutSpace;
    }

    private void EndText()
    {
        EndPiece();
        if (_piece > 0)
        {
            Add(_writer.EndText());
            (_piece, _counted, _characters) = (0, 0, 0);
        }
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
