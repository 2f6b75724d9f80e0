using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;

namespace Sluice;

/// <summary>The fields of exception types beyond those of <see cref="Exception"/>, as far as they are numbers, texts and the like, or may hold one, as
/// <see cref="ArgumentOutOfRangeException.ActualValue"/> does.</summary>
internal static class ErrorFields
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<FieldInfo>> s_all = new();

    internal static IReadOnlyList<FieldInfo> Of(Type type) => s_all.GetOrAdd(type, static type => [.. Find(type)]);

    internal static string? TextOf(FieldInfo field, Exception error) => field.GetValue(error) switch
    {
        null => null,
        var value when field.FieldType == typeof(object) => OpenValue.TextOf(value, asText: field.DeclaringType!.Assembly == typeof(object).Assembly),
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        Enum number => Convert.ToString(Convert.ChangeType(number, Enum.GetUnderlyingType(TypeOf(field)), CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
        var value => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    /// <exception cref="ProtocolException">Thrown: the text is no value of the field's type.</exception>
    internal static void Set(FieldInfo field, Exception error, string text)
    {
        try
        {
            if (field.FieldType == typeof(object))
            {
                field.SetValue(error, OpenValue.Parse(text));
                return;
            }

            var type = TypeOf(field);
            field.SetValue(error, type.IsEnum ? Enum.ToObject(type, ValueOf(Enum.GetUnderlyingType(type), text)) : ValueOf(type, text));
        }
        catch (Exception wrong) when (wrong is FormatException or OverflowException or InvalidCastException or ArgumentException)
        {
            throw new ProtocolException($"An exception that came from elsewhere is damaged: '{field.Name}' of '{error.GetType()}' has no such value.", wrong);
        }
    }

    /// <summary>Finds the type without its mark for null, on which its text does not depend.</summary>
    private static Type TypeOf(FieldInfo field) => Nullable.GetUnderlyingType(field.FieldType) ?? field.FieldType;

    private static object ValueOf(Type type, string text) =>
        type == typeof(DateTime) ? DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind) : Convert.ChangeType(text, type, CultureInfo.InvariantCulture);

    private static IEnumerable<FieldInfo> Find(Type type)
    {
        for (var at = type; at is not null && at != typeof(Exception); at = at.BaseType)
        {
            foreach (var field in at.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (field.FieldType == typeof(object) || Type.GetTypeCode(TypeOf(field)) is not (TypeCode.Object or TypeCode.Empty or TypeCode.DBNull))
                {
                    yield return field;
                }
            }
        }
    }
}
