using System.Xml;

namespace Sluice;

/// <summary>Effects of attributes on everything inside their element: declared prefixes, and whether lone white
/// space counts (<c>xml:space</c>). For sources whose parser knows of neither. Thread safety: one thread at a time.</summary>
/// <remarks>Methods return what is wrong, or null. The rules are those of Namespaces in XML 1.0. Only declarations
/// allocate.</remarks>
internal sealed class XmlScopes
{
    private const string Xml = "xml";
    private const string Declaration = "xmlns";
    private const string Space = "xml:space";
    private const string NamespaceOfXml = "http://www.w3.org/XML/1998/namespace";
    private const string NamespaceOfDeclarations = "http://www.w3.org/2000/xmlns/";

    // Prefixes as they are declared here, and how to get back to what was declared outside: the innermost element is the last.
    private readonly Dictionary<string, string> _namespaces = new() { [Xml] = NamespaceOfXml, [Declaration] = NamespaceOfDeclarations };
    private readonly List<(int Depth, string Prefix, string? Outside)> _declarations = [];
    private readonly List<(int Depth, bool KeepsWhitespace)> _spaces = [];
    private readonly HashSet<ExpandedName> _attributes = [];

    /// <summary>Gets whether the innermost <c>xml:space</c> says <c>preserve</c>.</summary>
    internal bool KeepsWhitespace => _spaces is [.., { KeepsWhitespace: true }];

    /// <summary>Returns whether an attribute may have to be given to <see cref="Declare"/>.</summary>
    internal static bool IsDeclaration(string attribute) => attribute.StartsWith(Xml, StringComparison.Ordinal);

    /// <summary>Takes an attribute of an element that begins.</summary>
    /// <param name="depth">How many elements are around this one.</param>
    /// <param name="attribute">The attribute's name.</param>
    /// <param name="value">Its value.</param>
    internal string? Declare(int depth, string attribute, string value)
    {
        if (attribute == Space)
        {
            value = value.Trim(' '); // as a value of a list of tokens, which it is in every document type
            _spaces.Add((depth, value == "preserve"));
            return value is "preserve" or "default" ? null : $"'{value}' is not a value of {Space}: 'default' and 'preserve' are.";
        }

        if (attribute == Declaration)
        {
            return value is NamespaceOfXml or NamespaceOfDeclarations ? $"'{value}' cannot be the default namespace." : null;
        }

        if (!attribute.StartsWith(Declaration + ":", StringComparison.Ordinal))
        {
            return null;
        }

        var prefix = attribute[(Declaration.Length + 1)..];
        _declarations.Add((depth, prefix, _namespaces.GetValueOrDefault(prefix)));
        _namespaces[prefix] = value;
        var isWrong = value.Length == 0 || prefix == Declaration || value == NamespaceOfDeclarations || (prefix == Xml) != (value == NamespaceOfXml);
        return isWrong ? $"The prefix '{prefix}' cannot be declared for the namespace '{value}'." : null;
    }

    /// <summary>Checks the names of an element that begins, all of whose declarations were taken.</summary>
    internal string? Check(string element, ReadOnlySpan<string> attributes)
    {
        if (CheckName(element, out _) is { } ofElement)
        {
            return ofElement;
        }

        if (attributes.Length > 0)
        {
            _attributes.Clear();
        }

        foreach (var attribute in attributes)
        {
            if (CheckName(attribute, out var name) is { } ofAttribute)
            {
                return ofAttribute;
            }

            if (name.Namespace is not null && !_attributes.Add(name))
            {
                return $"The attribute '{attribute}' is there twice, with another prefix of the same namespace.";
            }
        }

        return null;
    }

    /// <summary>An element has ended.</summary>
    /// <param name="depth">How many elements are around it.</param>
    /// <returns>Whether that changes <see cref="KeepsWhitespace"/>.</returns>
    internal bool End(int depth)
    {
        while (_declarations is [.., var inner] && inner.Depth == depth)
        {
            _declarations.RemoveAt(_declarations.Count - 1);
            if (inner.Outside is null)
            {
                _namespaces.Remove(inner.Prefix);
            }
            else
            {
                _namespaces[inner.Prefix] = inner.Outside;
            }
        }

        if (_spaces is not [.., var space] || space.Depth != depth)
        {
            return false;
        }

        _spaces.RemoveAt(_spaces.Count - 1);
        return true;
    }

    private string? CheckName(string name, out ExpandedName expanded)
    {
        expanded = default;
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return null;
        }

        var local = name.AsSpan(colon + 1);
        if (colon == 0 || local.IsEmpty || local.Contains(':') || !XmlConvert.IsStartNCNameChar(local[0]))
        {
            return $"'{name}' is not a name with a prefix: a colon stands between two names.";
        }

        if (!_namespaces.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name.AsSpan(0, colon), out var declared))
        {
            return $"The prefix '{name[..colon]}' is not declared.";
        }

        expanded = new(declared, name, colon + 1);
        return null;
    }

    /// <summary>A name is the same as another if both have the same end in the same namespace.</summary>
    private readonly record struct ExpandedName(string? Namespace, string Name, int Start)
    {
        public bool Equals(ExpandedName other) => Namespace == other.Namespace && Local.SequenceEqual(other.Local);

        public override int GetHashCode() => HashCode.Combine(Namespace, string.GetHashCode(Local));

        private ReadOnlySpan<char> Local => Name.AsSpan(Start);
    }
}
