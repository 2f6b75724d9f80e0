using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Xml;

namespace Sluice;

/// <summary>Goes through a document type, from behind <c>&lt;!DOCTYPE</c> to behind its <c>&gt;</c>, one UTF-16 character after the other, and
/// keeps nothing of it. All sources of XML events skip with this, so they accept the same. Thread safety: one thread at a time.</summary>
/// <remarks>The grammar is that of XML 1.0, section 2.8, with the rules of an internal subset: no conditional sections, and references to
/// parameter entities between declarations only. They are ignored. Of a declaration the keyword, the literals and the end are looked at.</remarks>
[DebuggerDisplay("{_state}, {_length} characters")]
internal sealed class XmlDoctypeScanner(XmlEventsOptions options)
{
    private const string Literal = "White space and a literal in quotes have to be here.";
    private const string TargetEnds = "White space or '?>' has to be here, behind the target of a processing instruction.";

    private static readonly string[] s_declarations = ["ELEMENT", "ATTLIST", "ENTITY", "NOTATION"];

    private readonly long _longest = XmlLimits.TokenLength(options);
    private readonly StringBuilder _word = new(); // the name or keyword that comes
    private State _state;
    private long _length;
    private char _previous;
    private char _quote;
    private bool _beginsName; // the name has to begin here, or to begin again behind its colon
    private bool _hasColon;

    private enum State
    {
        Begun,
        BeforeName,
        Name,
        BehindName,
        External, // SYSTEM or PUBLIC
        BeforePublic,
        Public,
        BeforeSystem,
        System,
        BehindExternal,
        Subset,
        BehindSubset,
        Markup, // behind <
        Exclamation, // behind <!
        CommentBegun, // behind <!-
        Comment,
        CommentDash,
        CommentDashes,
        Target,
        TargetMark, // the ? right behind the target
        Instruction,
        InstructionMark, // behind a ? in it
        Reference, // of a parameter entity
        Keyword, // of a declaration
        Declaration,
        DeclarationPercent,
        DeclarationLiteral,
        Complete,
    }

    /// <summary>Gets whether the last character was the end.</summary>
    internal bool IsComplete => _state == State.Complete;

    /// <summary>Takes the next character.</summary>
    /// <returns>An error about this character; null if it may be here.</returns>
    internal string? Take(char next)
    {
        Debug.Assert(!IsComplete, "Nothing belongs to it behind its end.");
        _length++;
        var error = _length > _longest ? XmlLimits.DoctypeTooLong(_longest)
            : !XmlConvert.IsXmlChar(next) && !char.IsSurrogate(next) ? string.Create(CultureInfo.InvariantCulture, $"The character 0x{(int)next:X2} cannot be in an XML document.")
            : Next(next);
        _previous = next;
        return error;
    }

    private string? Next(char next)
    {
        switch (_state)
        {
            case State.Begun:
                return IsSpace(next) ? Go(State.BeforeName) : "White space has to be here, behind '<!DOCTYPE'.";
            case State.BeforeName:
                return IsSpace(next) ? null : GoToName(State.Name) ?? Next(next);
            case State.Name:
                return NamesOn(next, mayHaveColon: true) ? null : _beginsName ? "A name has to be here." : Go(State.BehindName) ?? Next(next);
            case State.BehindName:
                return next is 'S' or 'P' && IsSpace(_previous) ? GoToWord(State.External, next) : EndOrSubset(next, "SYSTEM, PUBLIC, '[' or '>'");
            case State.External:
                return External(next);
            case State.BeforePublic:
                return BeforeLiteral(next, State.Public);
            case State.Public:
                return next == _quote ? Go(State.BeforeSystem) : IsPublic(next) ? null : $"'{next}' cannot be in a public identifier.";
            case State.BeforeSystem:
                return BeforeLiteral(next, State.System);
            case State.System:
                return next == _quote ? Go(State.BehindExternal) : null;
            case State.BehindExternal:
                return EndOrSubset(next, "'[' or '>'");
            case State.BehindSubset:
                return IsSpace(next) ? null : next == '>' ? Go(State.Complete) : "'>' has to be here, behind the internal subset of the document type.";
            default:
                return InSubset(next);
        }
    }

    private string? InSubset(char next)
    {
        switch (_state)
        {
            case State.Subset:
                return IsSpace(next) ? null
                    : next switch
                    {
                        '<' => Go(State.Markup),
                        '%' => GoToName(State.Reference),
                        ']' => Go(State.BehindSubset),
                        _ => "A declaration, a comment, a processing instruction, a reference to a parameter entity or ']' has to be here, in the document type.",
                    };
            case State.Markup:
                return next switch { '!' => Go(State.Exclamation), '?' => GoToName(State.Target), _ => "'!' or '?' has to be here, in the document type." };
            case State.Exclamation:
                return next switch
                {
                    '-' => Go(State.CommentBegun),
                    '[' => "A conditional section cannot be in the internal subset of a document type.",
                    _ => GoToWord(State.Keyword, next),
                };
            case State.CommentBegun:
                return next == '-' ? Go(State.Comment) : "A comment begins with '<!--'.";
            case State.Comment:
                return next == '-' ? Go(State.CommentDash) : null;
            case State.CommentDash:
                return Go(next == '-' ? State.CommentDashes : State.Comment);
            case State.CommentDashes:
                return next == '>' ? Go(State.Subset) : "'--' cannot be in a comment.";
            case State.Target:
                return Target(next);
            case State.TargetMark:
                return next == '>' ? Go(State.Subset) : TargetEnds;
            case State.Instruction:
                return next == '?' ? Go(State.InstructionMark) : null;
            case State.InstructionMark:
                return next == '?' ? null : Go(next == '>' ? State.Subset : State.Instruction);
            case State.Reference:
                return NamesOn(next, mayHaveColon: false) ? null : next == ';' && !_beginsName ? Go(State.Subset) : "A reference to a parameter entity is a name between '%' and ';'.";
            case State.Keyword:
                return Keyword(next);
            case State.Declaration:
                return Declaration(next);
            case State.DeclarationPercent:
                return IsSpace(next) ? Go(State.Declaration) : "A parameter entity cannot be referred to within a declaration of an internal subset.";
            case State.DeclarationLiteral:
                return next == _quote ? Go(State.Declaration) : null;
            default:
                throw new UnreachableException();
        }
    }

    private string? EndOrSubset(char next, string expected) =>
        IsSpace(next) ? null
        : next switch { '[' => Go(State.Subset), '>' => Go(State.Complete), _ => $"{expected} has to be here, in the document type." };

    private string? External(char next)
    {
        _word.Append(next);
        var keyword = _word[0] == 'S' ? "SYSTEM" : "PUBLIC";
        return !Begins(keyword) ? $"{keyword} has to be here, in the document type."
            : _word.Length < keyword.Length ? null
            : Go(keyword == "SYSTEM" ? State.BeforeSystem : State.BeforePublic);
    }

    private string? BeforeLiteral(char next, State literal)
    {
        if (IsSpace(next))
        {
            return null;
        }

        _quote = next;
        return next is '"' or '\'' && IsSpace(_previous) ? Go(literal) : Literal;
    }

    private string? Target(char next)
    {
        if (NamesOn(next, mayHaveColon: false))
        {
            return null;
        }

        return _beginsName ? "The target of a processing instruction has to be here."
            : _word.ToString().Equals("xml", StringComparison.OrdinalIgnoreCase) ? "The XML declaration can only be at the very beginning."
            : next == ':' ? "The target of a processing instruction cannot have a colon."
            : IsSpace(next) ? Go(State.Instruction)
            : next == '?' ? Go(State.TargetMark)
            : TargetEnds;
    }

    private string? Keyword(char next)
    {
        if (IsSpace(next) && Array.Exists(s_declarations, keyword => keyword.Length == _word.Length && Begins(keyword)))
        {
            return Go(State.Declaration);
        }

        _word.Append(next);
        return Array.Exists(s_declarations, Begins) ? null : "A declaration is one of ELEMENT, ATTLIST, ENTITY and NOTATION, with white space behind.";
    }

    private string? Declaration(char next)
    {
        switch (next)
        {
            case '"' or '\'':
                _quote = next;
                return Go(State.DeclarationLiteral);
            case '>':
                return Go(State.Subset);
            case '%':
                return Go(State.DeclarationPercent);
            case '<' or '[' or ']' or '&':
            case '-' when IsSpace(_previous): // no name begins so, and comments of SGML are none of XML
                return $"'{next}' cannot be here, in a declaration of the document type.";
            default:
                return null;
        }
    }

    /// <summary>Adds a character to the name, if it belongs there.</summary>
    private bool NamesOn(char next, bool mayHaveColon)
    {
        if (next == ':' && mayHaveColon && !_beginsName && !_hasColon)
        {
            _hasColon = _beginsName = true;
            return true;
        }

        if (!(_beginsName ? XmlConvert.IsStartNCNameChar(next) : XmlConvert.IsNCNameChar(next)))
        {
            return false;
        }

        _beginsName = false;
        if (_word.Length < "xml?".Length) // all that is asked for: whether it is "xml"
        {
            _word.Append(next);
        }

        return true;
    }

    private bool Begins(string keyword) => keyword.AsSpan().StartsWith(_word.ToString(), StringComparison.Ordinal);

    private string? Go(State state)
    {
        _state = state;
        return null;
    }

    private string? GoToName(State state)
    {
        _word.Clear();
        (_state, _beginsName, _hasColon) = (state, true, false);
        return null;
    }

    private string? GoToWord(State state, char first)
    {
        _word.Clear();
        _state = state;
        return state == State.External ? External(first) : Keyword(first);
    }

    private static bool IsSpace(char value) => value is ' ' or '\t' or '\r' or '\n';

    private static bool IsPublic(char value) =>
        char.IsAsciiLetterOrDigit(value) || value is ' ' or '\r' or '\n' || "-'()+,./:=?;!*#@$_%".Contains(value, StringComparison.Ordinal);
}
