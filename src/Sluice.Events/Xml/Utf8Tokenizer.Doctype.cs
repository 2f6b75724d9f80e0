using System.Buffers;
using System.Text;

namespace Sluice;

/// <content>The document type, which is refused or skipped.</content>
internal sealed partial class Utf8Tokenizer
{
    private XmlDoctypeScanner? _doctype;

    private bool BeginDoctype()
    {
        if (_options.Doctype != XmlDoctype.Skip)
        {
            throw Error(_at, XmlLimits.HasDoctype);
        }

        if (_elements.HasRoot || _doctype is not null)
        {
            throw Error(_at, _elements.HasRoot ? XmlLimits.DoctypeBehindRoot : XmlLimits.HasTwoDoctypes);
        }

        _doctype = new(_options);
        return Begin(Mode.Doctype, "<!DOCTYPE".Length);
    }

    private bool Doctype()
    {
        Span<char> units = stackalloc char[2];
        while (!_doctype!.IsComplete)
        {
            var found = Rune.DecodeFromUtf8(_buffer.AsSpan(_at.._end), out var character, out var length);
            if (found == OperationStatus.NeedMoreData && !_isLast)
            {
                return false;
            }

            if (_at == _end)
            {
                return false;
            }

            if (found != OperationStatus.Done || (_isAscii && !character.IsAscii))
            {
                throw InvalidUtf8(_at);
            }

            foreach (var unit in units[..character.EncodeToUtf16(units)])
            {
                if (_doctype.Take(unit) is { } error)
                {
                    throw Error(_at, error);
                }
            }

            _at += length;
        }

        _mode = Mode.Content;
        return true;
    }
}
