using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Sluice;

/// <summary>Makes events of UTF-8: copies texts and values of attributes to pages. Thread safety: one thread at a time.</summary>
/// <remarks>A text, and so a value, may come in pieces. The bytes have to be valid UTF-8.</remarks>
[PortableCodec(typeof(Codec))]
internal sealed class XmlPageWriter
{
    // Small enough that a kept event keeps little, large enough that a page is rare. A slice can have two bytes for its offset.
    private const int PageSize = 16 << 10;
    private const int LargestSlice = ushort.MaxValue;
    private const int FewAttributes = 16;

    private readonly XmlShapes _shapes = new();
    private readonly List<string> _attributes = [];
    private readonly HashSet<string> _manyAttributes = []; // the same, but only if there are more than a few
    private byte[] _bytes = [];
    private XmlPage? _page;
    private int _start; // of what is being written
    private int _end;
    private int _value; // where the value being written begins

    /// <summary>The length of what is being written, in bytes.</summary>
    internal int Length => _end - _start;

    /// <summary>The bytes of the current item so far.</summary>
    internal ReadOnlySpan<byte> Written => _bytes.AsSpan(_start, Length);

    /// <summary>The bytes of the value so far.</summary>
    internal ReadOnlySpan<byte> Value => Written[_value..];

    /// <summary>The attributes of the start that comes.</summary>
    internal ReadOnlySpan<string> AttributeNames => CollectionsMarshal.AsSpan(_attributes);

    /// <summary>Adds a piece of the text, or of the attribute's value.</summary>
    internal void Append(ReadOnlySpan<byte> piece)
    {
        piece.CopyTo(Room(piece.Length));
        _end += piece.Length;
    }

    /// <summary>Forgets what was added since the text had this length.</summary>
    internal void Truncate(int length) => _end = _start + length;

    /// <summary>Ends the text: at least one byte.</summary>
    internal XmlEvent EndText() => End(XmlEventKind.Text);

    /// <summary>Makes a text that came in one piece: at least one byte.</summary>
    internal XmlEvent Text(ReadOnlySpan<byte> text)
    {
        Append(text);
        return EndText();
    }

    /// <summary>Begins the value of an attribute of the start that comes.</summary>
    internal void BeginAttribute(string name)
    {
        _attributes.Add(name);
        Room(XmlPage.SizeOfInteger);
        _end += XmlPage.SizeOfInteger;
        _value = _end - _start;
    }

    /// <summary>Ends the value.</summary>
    internal void EndAttribute() =>
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(_start + _value - XmlPage.SizeOfInteger), Length - _value);

    /// <summary>Returns whether the start that comes has an attribute of this name already.</summary>
    internal bool HasAttribute(string name)
    {
        if (_attributes.Count <= FewAttributes)
        {
            return _attributes.Contains(name);
        }

        for (var i = _manyAttributes.Count; i < _attributes.Count; i++)
        {
            _manyAttributes.Add(_attributes[i]);
        }

        return _manyAttributes.Contains(name);
    }

    /// <summary>Makes a start of the attributes since the last one.</summary>
    internal XmlEvent Start(string name)
    {
        if (_attributes.Count == 0)
        {
            return XmlEvent.ForStart(name);
        }

        var isKept = _shapes.TryGet(name, CollectionsMarshal.AsSpan(_attributes), out var shape);
        BinaryPrimitives.WriteInt32LittleEndian(Room(XmlPage.SizeOfInteger), shape);
        _end += XmlPage.SizeOfInteger;
        var start = isKept ? End(XmlEventKind.Start) : OfUnkeptShape(name);
        ClearAttributes();
        return start;
    }

    /// <summary>Forgets what is being written.</summary>
    internal void Discard()
    {
        Truncate(0);
        ClearAttributes();
    }

    private void ClearAttributes()
    {
        if (_attributes.Count > FewAttributes)
        {
            _manyAttributes.Clear();
        }

        _attributes.Clear();
    }

    private XmlEvent OfUnkeptShape(string name)
    {
        var attributes = new KeyValuePair<string, string>[_attributes.Count];
        var at = _start;
        for (var i = 0; i < attributes.Length; i++)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(at));
            at += XmlPage.SizeOfInteger;
            attributes[i] = new(_attributes[i], Encoding.UTF8.GetString(_bytes, at, length));
            at += length;
        }

        _end = _start;
        return XmlEvent.ForStart(name, attributes);
    }

    private XmlEvent End(XmlEventKind kind)
    {
        Debug.Assert(Length > 0, "A slice of no length is a whole page.");
        if (Length > LargestSlice || _start > LargestSlice)
        {
            var whole = new XmlPage(_bytes.AsSpan(_start, Length).ToArray(), _shapes);
            (_bytes, _page, _start, _end) = ([], null, 0, 0);
            return XmlEvent.On(whole, kind, default);
        }

        _page ??= new(_bytes, _shapes);
        var slice = new XmlSlice((ushort)_start, (ushort)Length);
        _start = _end;
        return XmlEvent.On(_page, kind, slice);
    }

    /// <summary>The text that has begun. Between two pieces of the document no start has: see <see cref="Discard"/>.</summary>
    private sealed class Codec : PortableCodec<XmlPageWriter>
    {
        public override void Write(ByteSink to, XmlPageWriter value)
        {
            Debug.Assert(value._attributes.Count == 0, "A tag is looked at when it is there as a whole.");
            to.WriteCount(value.Length);
            to.WriteBytes(value.Written);
        }

        public override XmlPageWriter Read(ByteSource from)
        {
            var writer = new XmlPageWriter();
            writer.Append(from.ReadBytes(from.ReadCount()));
            return writer;
        }
    }

    /// <summary>Room for the next bytes; the current item moves to another page if this one is full.</summary>
    private Span<byte> Room(int count)
    {
        if (_bytes.Length - _end < count)
        {
            var length = Length;
            var longer = GC.AllocateUninitializedArray<byte>(Math.Max(PageSize, checked((length + count) * 2)));
            _bytes.AsSpan(_start, length).CopyTo(longer);
            (_bytes, _page, _start, _end) = (longer, null, 0, length);
        }

        return _bytes.AsSpan(_end);
    }
}
