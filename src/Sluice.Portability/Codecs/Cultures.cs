using System.Collections;
using System.Globalization;
using System.Reflection;

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

        return known.Equals(culture) && IsSame(known.NumberFormat, culture.NumberFormat) && IsSame(known.DateTimeFormat, culture.DateTimeFormat) && IsSame(known.TextInfo, culture.TextInfo)
            && IsSame(known.DateTimeFormat.Calendar, culture.DateTimeFormat.Calendar) ? null
            : $"the culture '{culture.Name}' was changed, and only its name would be stored. Take it from CultureInfo.GetCultureInfo";
    }

    private static CultureInfo Find(string name) => name.Length > 0 ? CultureInfo.GetCultureInfo(name, predefinedOnly: true) : CultureInfo.InvariantCulture;

    /// <summary>Whether all that can be read of them is the same. A calendar is looked at by itself.</summary>
    private static bool IsSame(object one, object other) => ReferenceEquals(one, other) || (one.GetType() == other.GetType() && one.GetType()
        .GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static property => property.Name is not (nameof(DateTimeFormatInfo.Calendar) or nameof(DateTimeFormatInfo.IsReadOnly)))
        .All(property => IsSameValue(property.GetValue(one), property.GetValue(other))));

    private static bool IsSameValue(object? one, object? other) =>
        one is IEnumerable and not string ? ((IEnumerable)one).Cast<object>().SequenceEqual(((IEnumerable)other!).Cast<object>()) : Equals(one, other);
}
