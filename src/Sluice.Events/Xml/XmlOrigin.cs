using System.Globalization;
using System.Xml;

namespace Sluice;

/// <summary>Names the file of a document in the errors of all parsers.</summary>
internal static class XmlOrigin
{
    /// <summary>Returns the error with the name, and with the same position.</summary>
    /// <param name="error">The parser's. Another one than an <see cref="XmlException"/> is returned as it is.</param>
    /// <param name="origin">The file; null if the bytes have no name: then the error is returned as it is.</param>
    internal static Exception Named(Exception error, string? origin)
    {
        if (origin is null || error is not XmlException xml)
        {
            return error;
        }

        // The exception writes its position behind its message, and does so again.
        var position = string.Create(CultureInfo.InvariantCulture, $" Line {xml.LineNumber}, position {xml.LinePosition}.");
        var message = xml.Message.EndsWith(position, StringComparison.Ordinal) ? xml.Message[..^position.Length] : xml.Message;
        return new XmlException($"{message} In '{origin}'.", error, xml.LineNumber, xml.LinePosition);
    }
}
