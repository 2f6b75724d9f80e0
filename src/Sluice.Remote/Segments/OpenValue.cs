using System.Globalization;

namespace Sluice;

/// <summary>Writes the value of a field of the type <see cref="object"/> as a text with its type before it.</summary>
internal static class OpenValue
{
    private const char Mark = ':';

    /// <param name="value">The value.</param>
    /// <param name="asText">Whether what is neither a number nor a text nor a time crosses as the text that it gives. .NET's own exceptions make their messages
    /// of it, so that they say the same on the other side; the code of others may want the type.</param>
    /// <returns>Null: it does not cross.</returns>
    internal static string? TextOf(object value, bool asText) => (value, Type.GetTypeCode(value.GetType())) switch
    {
        (TimeSpan time, _) => $"{nameof(TimeSpan)}{Mark}{time:c}",
        (DateTime time, _) => $"{TypeCode.DateTime}{Mark}{time.ToString("O", CultureInfo.InvariantCulture)}",
        (not Enum, >= TypeCode.Boolean and <= TypeCode.String and var code) => $"{code}{Mark}{Convert.ToString(value, CultureInfo.InvariantCulture)}",
        _ => asText && Told(value) is { } text ? $"{TypeCode.String}{Mark}{text}" : null,
    };

    /// <exception cref="FormatException">Thrown: it is not such a text.</exception>
    internal static object Parse(string text)
    {
        var end = text.IndexOf(Mark, StringComparison.Ordinal);
        var (name, content) = (end < 0 ? "" : text[..end], text[(end + 1)..]);
        return name switch
        {
            nameof(TimeSpan) => TimeSpan.ParseExact(content, "c", CultureInfo.InvariantCulture),
            nameof(TypeCode.DateTime) => DateTime.Parse(content, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind),
            _ when Enum.TryParse<TypeCode>(name, out var code) && code is >= TypeCode.Boolean and <= TypeCode.String => Convert.ChangeType(content, code, CultureInfo.InvariantCulture),
            _ => throw new FormatException("A value without its type."),
        };
    }

    /// <summary>A type's own code may fail: then the error crosses without the value.</summary>
    private static string? Told(object value)
    {
        try
        {
            return value.ToString();
        }
        catch (Exception)
        {
            return null;
        }
    }
}
