using System.Reflection;

namespace Sluice;

/// <summary>The fields of an operator: what it was made with is configuration, the rest is its state.</summary>
/// <remarks>A second one that is made in the same way tells them apart: an object that both have was given to them.</remarks>
internal sealed class OperatorFields
{
    private readonly object _body;
    private readonly FieldInfo[] _state;

    internal OperatorFields(object body, Func<object> make)
    {
        _body = body;
        var twin = make();
        var all = FieldsOf(body.GetType()).ToArray();
        Configuration = [.. all.Where(field => IsGiven(field, twin)).Select(field => (field.Name, field.GetValue(body)!))];
        _state = [.. all.Where(field => !IsSetting(field) && !IsGiven(field, twin))];
    }

    /// <summary>The objects that it was given.</summary>
    internal IReadOnlyList<(string Name, object Item)> Configuration { get; }

    /// <summary>The names and the values of its state, in turn.</summary>
    internal object?[] Values => [.. _state.SelectMany(part => new[] { part.Name, part.GetValue(_body) })];

    internal void Set(object?[] values)
    {
        var names = values.Where(static (_, i) => i % 2 == 0).Cast<string>().ToArray();
        if (!names.ToHashSet(StringComparer.Ordinal).SetEquals(_state.Select(static field => field.Name)))
        {
            throw new SnapshotException($"The stored operator has the fields {string.Join(", ", names.Order(StringComparer.Ordinal))}, and this one has {string.Join(", ", _state.Select(static field => field.Name).Order(StringComparer.Ordinal))}.");
        }

        foreach (var field in _state)
        {
            field.SetValue(_body, values[(2 * Array.IndexOf(names, field.Name)) + 1]);
        }
    }

    private static IEnumerable<FieldInfo> FieldsOf(Type type)
    {
        for (var at = type; at is not null && at != typeof(object) && !(at.IsGenericType && at.GetGenericTypeDefinition() == typeof(Operator<,>)); at = at.BaseType)
        {
            foreach (var field in at.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            {
                yield return field;
            }
        }
    }

    private bool IsGiven(FieldInfo field, object twin) =>
        !field.FieldType.IsValueType && IsFixed(field) && field.GetValue(_body) is { } item && ReferenceEquals(item, field.GetValue(twin));

    private static bool IsSetting(FieldInfo field) => field.FieldType.IsValueType && IsFixed(field);

    /// <summary>Read-only, or a parameter of its constructor, which the compiler names so.</summary>
    private static bool IsFixed(FieldInfo field) => field.IsInitOnly || field.Name.StartsWith('<');
}
