using System.Collections;
using System.Reflection;

namespace Sluice;

/// <summary>Says through which variable of which coroutine something was found that cannot be stored.</summary>
internal static class CapturePath
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    /// <summary>The number of steps of the way that are named from its end: a list may be a million long.</summary>
    private const int MaxSteps = 12;

    /// <param name="objects">What was found so far.</param>
    /// <param name="finders">For each of them the one through which it was found.</param>
    /// <param name="at">The one that cannot be stored, or has a value that cannot.</param>
    /// <param name="value">The type of that value.</param>
    /// <param name="reason">Why, and what to do.</param>
    /// <param name="type">The type that it is about.</param>
    internal static NotPortableException Refuse(IReadOnlyList<object> objects, IReadOnlyList<int> finders, int at, Type? value, string reason, Type? type)
    {
        var steps = new List<string>();
        if (value is not null && FieldOf(Holder(objects[at]), member => member is not null && member.GetType() == value) is { } place)
        {
            steps.Add(place);
        }

        while (objects[at] is not Coroutine && at != 0)
        {
            var finder = finders[at];
            var found = objects[at];
            var isFirst = objects[finder] is Coroutine || finder == 0; // the variable itself
            if (objects[finder] is not Delegate && (steps.Count <= MaxSteps || isFirst)
                && (objects[finder] is IEnumerable || (steps.Count >= MaxSteps && !isFirst) ? "..." : FieldOf(Holder(objects[finder]), member => ReferenceEquals(member, found))) is { } step)
            {
                steps.Add(step);
            }

            at = finder;
        }

        steps.Reverse();
        var coroutine = objects[at] as Coroutine;
        var name = coroutine?.MethodName ?? (objects[at] as IPort)?.Receiver.Name;
        var variable = steps.Count == 0 ? null : string.Join('.', steps);
        var owner = coroutine?.FindOwner() is { } port && port.Name != coroutine.MethodName ? $" of '{port.Name}'" : "";
        var isDebug = coroutine is not null && !coroutine.GetType().GetGenericArguments().FirstOrDefault(typeof(int)).IsValueType;
        return new NotPortableException(
            (name is null ? $"{(variable is null && type is not null ? $"A '{type}'" : "This")} cannot be stored: " : $"The coroutine '{name}'{owner} cannot be stored: ")
            + (variable is null ? "" : $"its variable '{variable}' holds a '{type}': ") + reason + "."
            + (isDebug && variable is not null ? " This is a Debug build, which keeps variables that are not used any more: set the variable to null after its last use, or use it in a method of its own." : ""),
            name,
            variable,
            type,
            reason);
    }

    internal static object Holder(object item) => item is Coroutine coroutine ? coroutine.BoxedStateMachine ?? item : item;

    /// <summary>The name of the field, or of the field in a field, that a condition is true of.</summary>
    private static string? FieldOf(object holder, Func<object?, bool> isWanted, int depth = 0)
    {
        for (var type = holder.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (var field in type.GetFields(All))
            {
                if (field.FieldType.IsPointer || field.FieldType.IsByRefLike)
                {
                    continue;
                }

                var member = field.GetValue(holder);
                if (isWanted(member))
                {
                    return VariableNames.Of(field.Name);
                }

                if (field.FieldType.IsValueType && !field.FieldType.IsPrimitive && member is not null && depth < 8 && FieldOf(member, isWanted, depth + 1) is { } inner)
                {
                    return $"{VariableNames.Of(field.Name)}.{inner}";
                }
            }
        }

        return null;
    }
}
