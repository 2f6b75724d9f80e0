using System.Collections;
using System.Globalization;

namespace Sluice;

/// <summary>Cultures as bytes: by their name, so only those that are as the system has them.</summary>
internal static class Cultures
{
    internal static CultureInfo Read(ByteSource from) => Find(from.ReadText());

    internal static string? Refusal(CultureInfo culture)
    {
        if (!culture.IsReadOnly)
        {
            return "a culture that can be changed cannot be stored. Take it from CultureInfo.GetCultureInfo";
        }

        CultureInfo known;
        try
        {
            known = Find(culture.Name);
        }
        catch (CultureNotFoundException)
        {
            return $"the culture '{culture.Name}' is none of the system's";
        }

        return IsSame(known.NumberFormat, culture.NumberFormat) && IsSame(known.DateTimeFormat, culture.DateTimeFormat) ? null
            : $"the culture '{culture.Name}' was changed, and only its name would be stored. Take it from CultureInfo.GetCultureInfo";
    }

    private static CultureInfo Find(string name) => name.Length > 0 ? CultureInfo.GetCultureInfo(name, predefinedOnly: true) : CultureInfo.InvariantCulture;

    private static bool IsSame(object one, object other) => ReferenceEquals(one, other) || one.GetType().GetProperties().Where(static property => property.GetMethod is { IsStatic: false } && property.Name != nameof(DateTimeFormatInfo.Calendar) && property.Name != nameof(DateTimeFormatInfo.IsReadOnly))
        .All(property => (property.GetValue(one), property.GetValue(other)) is var (left, right) && (left is IEnumerable and not string ? ((IEnumerable)left).Cast<object>().SequenceEqual(((IEnumerable)right!).Cast<object>()) : Equals(left, right)));
}
