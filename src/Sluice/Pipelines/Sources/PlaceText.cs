using System.Globalization;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>The text of a position of the application's, for keys: different positions have different ones, in each process and culture.</summary>
internal static class PlaceText
{
    /// <summary>The reason why positions of a type have no text, and the way out; null if they have.</summary>
    internal static string? RefusalOf(Type position)
    {
        var left = new Stack<Type>([position]);
        while (left.TryPop(out var type))
        {
            type = Nullable.GetUnderlyingType(type) ?? type;
            if (IsTuple(type))
            {
                Array.ForEach(type.GetGenericArguments(), left.Push);
            }
            else if (type != typeof(string) && type != typeof(bool) && !type.IsAssignableTo(typeof(IFormattable)))
            {
                return $"positions of the type '{position}' have no text that says which one it is. Make the position a number, a text, a date, a Guid or a tuple of these, or have '{type}' implement {nameof(IFormattable)}.";
            }
        }

        return null;
    }

    /// <exception cref="InvalidOperationException">A part of it is null.</exception>
    internal static string Of(object? position) => position switch
    {
        string text => text,
        bool truth => truth ? "true" : "false",
        DateTime or DateTimeOffset or DateOnly or TimeOnly => ((IFormattable)position).ToString("O", CultureInfo.InvariantCulture),
        Enum value => value.ToString("D"),
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        ITuple parts => string.Join(',', Enumerable.Range(0, parts.Length).Select(i => Uri.EscapeDataString(Of(parts[i])))),
        _ => throw new InvalidOperationException("The position behind an item is null, or a part of it is, so the item has no key."),
    };

    private static bool IsTuple(Type type) => type is { IsGenericType: true } && type.IsAssignableTo(typeof(ITuple)) && type.Assembly == typeof(ITuple).Assembly;
}
