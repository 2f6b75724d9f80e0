using System.Reflection;

namespace Sluice;

/// <summary>The objects that a node's blueprint is made of, by the ways to them: they are configuration, and come from the program (rule 18).</summary>
/// <remarks>Followed are blueprints, error policies, delegates, lists of these, and what lambdas capture. What else is met is named and not looked into.</remarks>
internal static class SpecObjects
{
    internal static IEnumerable<(string Name, object Item)> Of(NodeSpec spec)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var left = new Stack<(string Name, object Item)>([("spec", spec)]);
        while (left.TryPop(out var next))
        {
            if (!seen.Add(next.Item))
            {
                continue;
            }

            yield return next;
            foreach (var (part, item) in PartsOf(next.Item))
            {
                if (item is not null && !item.GetType().IsValueType)
                {
                    left.Push(($"{next.Name}.{part}", item));
                }
            }
        }
    }

    private static IEnumerable<(string Part, object? Item)> PartsOf(object item) => item switch
    {
        Delegate { HasSingleTarget: true } one => [("target", one.Target is { } target && CodeUse.IsClosure(target.GetType()) ? target : null)],
        object[] list => list.Select(static (element, i) => (i.ToString(System.Globalization.CultureInfo.InvariantCulture), (object?)element)),
        NodeSpec or ErrorPolicy => FieldsOf(item),
        _ when CodeUse.IsClosure(item.GetType()) || IsPolicy(item.GetType()) => FieldsOf(item),
        _ => [],
    };

    private static bool IsPolicy(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ItemPolicy<>);

    private static IEnumerable<(string Part, object? Item)> FieldsOf(object item)
    {
        for (var at = item.GetType(); at is not null && at != typeof(object); at = at.BaseType)
        {
            foreach (var field in at.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            {
                // Lambdas that were made before, which the compiler keeps for the next time, come and go.
                if (!field.FieldType.IsValueType && field.FieldType != typeof(string) && field.FieldType != typeof(Type) && !field.Name.StartsWith("<>9__", StringComparison.Ordinal))
                {
                    yield return (field.Name, field.GetValue(item));
                }
            }
        }
    }
}
