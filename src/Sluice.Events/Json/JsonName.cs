namespace Sluice;

/// <summary>A name of properties that has been seen before.</summary>
internal sealed class JsonName(string text, byte[] utf8, int hash = 0)
{
    internal string Text => text;

    internal byte[] Utf8 => utf8;

    internal int Hash => hash;

    public override string ToString() => text;
}
