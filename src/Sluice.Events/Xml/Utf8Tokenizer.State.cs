namespace Sluice;

/// <content>What it knows from one step to the next, by what it is about. The values are within the tokenizer: a field of one is as near as one
/// of its own.</content>
internal sealed partial class Utf8Tokenizer
{
    private Elements _elements = new();
    private TextSoFar _text = new();
    private UnfinishedMarkup _unfinished;
    private Limits _limits;
    private Place _place = new();

    /// <summary>The elements that have begun and not ended.</summary>
    private struct Elements()
    {
        internal XmlName[] Open = new XmlName[16];
        internal int Depth;
        internal bool HasRoot; // has begun, and may have ended
    }

    /// <summary>The text that comes in, whose bytes are in the writer.</summary>
    private struct TextSoFar()
    {
        internal int Piece = NoPiece; // what of the text came before this piece, in bytes
        internal bool HasInk; // something in the piece is not white space
        internal int Characters; // of the pieces that are complete
        internal bool KeepsWhitespace;
        internal XmlEvent? Complete; // one whose end has been seen
    }

    /// <summary>Markup whose end has not come.</summary>
    private struct UnfinishedMarkup
    {
        internal int Found; // how far the end of a tag was looked for
        internal byte Quote; // the quote that a value of the tag is in; 0 if it is in none
        internal long Length; // of a comment or an instruction, with its end
        internal XmlPosition Beginning; // of the same
    }

    /// <summary>How much there may be.</summary>
    private struct Limits
    {
        internal int Token; // bytes
        internal long CharactersLeft; // of the document
        internal bool IsExceeded; // the document's
    }

    /// <summary>How far lines and columns were counted.</summary>
    private struct Place()
    {
        internal XmlPosition Position = new();
        internal int Counted; // what it is the position of
    }
}
