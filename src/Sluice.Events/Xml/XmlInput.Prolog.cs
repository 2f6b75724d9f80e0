using System.Text;

namespace Sluice;

/// <content>What stands before the root element: where a document type may be.</content>
internal sealed partial class XmlInput
{
    private const string DoctypeBegins = "<!DOCTYPE";
    private const char ByteOrderMark = '\uFEFF';

    /// <summary>A longer XML declaration is not looked at for an encoding.</summary>
    private const int LongestDeclaration = 4096;

    private readonly StringBuilder _declaration = new();
    private XmlPosition _markup; // where the last '<' stands
    private XmlDoctypeScanner? _doctype;
    private int _matched; // of "<!DOCTYPE"
    private bool _isBehindBeginning;
    private bool _mayDeclare; // the first characters are "<?", so that an XML declaration may come

    private void Next(char next)
    {
        switch (_state)
        {
            case State.Outside when next == ByteOrderMark && !_isBehindBeginning:
                _position = XmlPosition.BeforeFirst;
                return;
            case State.Outside when next == '<':
                (_state, _matched, _markup, _mayDeclare) = (State.Markup, 1, _position, !_isBehindBeginning);
                break;
            case State.Outside:
                _state = next is ' ' or '\t' or '\r' or '\n' ? State.Outside : State.Content;
                break;
            case State.Markup:
                Markup(next);
                break;
            case State.CommentBegun:
                _state = next == '-' ? State.Comment : State.Content;
                break;
            case State.Comment:
                _state = next == '-' ? State.CommentDash : State.Comment;
                break;
            case State.CommentDash:
                _state = next == '-' ? State.CommentDashes : State.Comment;
                break;
            case State.CommentDashes:
                _state = next == '>' ? State.Outside : State.Content; // which no parser takes
                break;
            case State.Instruction or State.InstructionMark:
                Instruction(next);
                break;
            case State.Doctype:
                Doctype(next);
                break;
        }

        _isBehindBeginning = true;
    }

    private void Markup(char next)
    {
        if (next == DoctypeBegins[_matched])
        {
            if (++_matched == DoctypeBegins.Length)
            {
                BeginDoctype();
            }

            return;
        }

        switch (_matched, next)
        {
            case (1, '?'):
                _state = State.Instruction;
                break;
            case (1, _):
                _state = State.Content;
                break;
            case (2, '-'):
                _state = State.CommentBegun;
                break;
            default:
                _held.Clear();
                Fail(XmlLimits.NoCommentNorDoctype, _markup);
                break;
        }
    }

    private void Instruction(char next)
    {
        if (_mayDeclare && _declaration.Length < LongestDeclaration)
        {
            _declaration.Append(next);
        }

        if (_state == State.InstructionMark && next == '>')
        {
            _state = State.Outside;
            Declared();
            return;
        }

        _state = next == '?' ? State.InstructionMark : State.Instruction;
    }

    /// <summary>An instruction has ended: the characters behind it are in the encoding that it names, if it is the XML declaration.</summary>
    private void Declared()
    {
        if (!_mayDeclare || _encoding.CodePage != Encoding.UTF8.CodePage || XmlEncodings.DeclaredIn(_declaration.ToString()) is not { } name)
        {
            return;
        }

        if (encodingOf(name) is { } encoding && encoding.GetBytes("<") is [(byte)'<'])
        {
            ReadAs(encoding);
        }
        else
        {
            _state = State.Content; // the parser says what is wrong
        }
    }

    private void BeginDoctype()
    {
        if (options.Doctype != XmlDoctype.Skip || _doctype is not null)
        {
            _held.Clear();
            Fail(_doctype is null ? XmlLimits.HasDoctype : XmlLimits.HasTwoDoctypes, _markup);
            return;
        }

        _doctype = new(options);
        _state = State.Doctype;
        if (!_hasPassed && _encoding.GetByteCount(" ") > 1)
        {
            // The parser sees blanks where it would have seen by '<' which encoding it is.
            _ready.AddRange(_encoding.Preamble);
        }

        for (var i = 0; i < DoctypeBegins.Length; i++)
        {
            Blank(' ');
        }
    }

    private void Doctype(char next)
    {
        if (_doctype!.Take(next) is { } error)
        {
            Fail(error);
            return;
        }

        Blank(next);
        if (_doctype.IsComplete)
        {
            _held.Clear();
            _state = State.Outside;
        }
    }

    /// <summary>Writes a blank for a character; ends of lines stay.</summary>
    private void Blank(char character)
    {
        Span<byte> bytes = stackalloc byte[16];
        var length = _encoding.GetBytes([character is '\r' or '\n' ? character : ' '], bytes);
        _ready.AddRange(bytes[..length]);
    }
}
