namespace Sluice;

/// <summary>The choices of sources of XML events for a document type (<c>&lt;!DOCTYPE ...&gt;</c>).</summary>
public enum XmlDoctype
{
    /// <summary>A document type is an error, at its position.</summary>
    Refuse,

    /// <summary>A document type is skipped: its name, its external identifier and its internal subset. Nothing that it declares
    /// holds: no entity, no default value, no type of an attribute. Nothing is opened or fetched. A reference to an entity other than the
    /// five of XML itself stays an error. A document type that is not well-formed is an error; the inside of a declaration
    /// (<c>&lt;!ELEMENT ...&gt;</c>) is checked for characters, literals and its end only.</summary>
    Skip,
}
