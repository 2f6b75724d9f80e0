using System.Globalization;
using System.Text;

namespace Sluice.Tools;

/// <summary>Text that others have a part in, made fit for a line of a log.</summary>
internal static class LogText
{
    /// <summary>An error's message may be as long as what was sent.</summary>
    private const int MaxLength = 2000;

    /// <summary>Without anything that a terminal or a log's reader would obey.</summary>
    internal static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var character in text.AsSpan(0, Math.Min(text.Length, MaxLength)))
        {
            if (IsObeyed(character))
            {
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}");
            }
            else
            {
                escaped.Append(character);
            }
        }

        return text.Length > MaxLength ? escaped.Append("...").ToString() : escaped.ToString();
    }

    private static bool IsObeyed(char character) => char.GetUnicodeCategory(character)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}
