using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Sluice;

/// <summary>A snapshot for people: each coroutine, where it waits, and its variables.</summary>
internal static class SnapshotText
{
    private const int MaxItems = 8;
    private const int MaxLetters = 200;
    private const int MaxDepth = 3;

    internal static string Of(IReadOnlyList<object?> objects)
    {
        var text = new StringBuilder();
        foreach (var coroutine in objects.OfType<Coroutine>())
        {
            Append(text, coroutine);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, Coroutine coroutine)
    {
        text.Append(coroutine.MethodName);
        if (coroutine.FindOwner() is { } owner && owner.Name != coroutine.MethodName)
        {
            text.Append(" of '").Append(owner.Name).Append('\'');
        }

        if (coroutine.BoxedStateMachine is not { } machine || coroutine.IsCompleted)
        {
            text.Append(": has ended\n");
            return;
        }

        var fields = machine.GetType().GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance);
        var await = (int)Array.Find(fields, static field => field.Name == "<>1__state")!.GetValue(machine)!;
        text.Append(CultureInfo.InvariantCulture, $": waits at await {await}");
        if (SourceLines.Find(CodeMethods.MoveNextOf(machine.GetType()), await) is { } line)
        {
            text.Append(" (").Append(line).Append(')');
        }

        text.Append('\n');
        foreach (var field in fields.Where(static field => !field.Name.StartsWith("<>", StringComparison.Ordinal) || field.Name == "<>4__this"))
        {
            text.Append("  ").Append(VariableNames.Of(field.Name)).Append(" = ");
            AppendValue(text, field.GetValue(machine), 0);
            text.Append('\n');
        }
    }

    private static void AppendValue(StringBuilder text, object? value, int depth)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case string letters:
                text.Append('"').Append(letters.AsSpan(0, Math.Min(letters.Length, MaxLetters))).Append(letters.Length > MaxLetters ? "\"..." : "\"");
                break;
            case IFormattable plain when value.GetType() is { IsPrimitive: true } or { IsEnum: true } || PlainValues.Has(value.GetType()):
                text.Append(plain.ToString(null, CultureInfo.InvariantCulture));
                break;
            case bool truth:
                text.Append(truth ? "true" : "false");
                break;
            case Coroutine coroutine:
                text.Append("coroutine ").Append(coroutine.MethodName);
                break;
            case IPort port:
                text.Append("target '").Append(port.Receiver.Name).Append('\'');
                break;
            case Delegate method:
                text.Append("delegate ").Append(CoroutineNames.Readable(method.Method.Name));
                break;
            case IEnumerable items when depth < MaxDepth && PortableTypes.IsOfFramework(value.GetType()):
                AppendItems(text, items, depth);
                break;
            case ITuple tuple when depth < MaxDepth && PortableTypes.IsOfFramework(value.GetType()):
                AppendMembers(text, Enumerable.Range(0, tuple.Length).Select(i => ("", tuple[i])), depth, '(', ')');
                break;
            case not null when depth < MaxDepth && IsOwn(value.GetType()):
                text.Append(value.GetType().Name).Append(' ');
                AppendMembers(text, MembersOf(value), depth, '{', '}');
                break;
            default:
                text.Append(value.GetType().Name);
                break;
        }
    }

    /// <summary>A type of the application that was not made by the compiler: its fields are read, and none of its code runs.</summary>
    private static bool IsOwn(Type type) => !PortableTypes.IsOfFramework(type) && !LibraryAssemblies.Contains(type.Assembly) && !CodeUse.IsOfCompiler(type);

    private static IEnumerable<(string Name, object? Value)> MembersOf(object value)
    {
        for (var at = value.GetType(); at is not null && IsOwn(at); at = at.BaseType)
        {
            foreach (var field in at.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(static field => !field.FieldType.IsPointer))
            {
                yield return (VariableNames.Of(field.Name), field.GetValue(value));
            }
        }
    }

    private static void AppendMembers(StringBuilder text, IEnumerable<(string Name, object? Value)> members, int depth, char open, char close)
    {
        text.Append(open);
        var count = 0;
        foreach (var (name, member) in members)
        {
            text.Append(count == 0 ? "" : ", ");
            if (count++ == MaxItems)
            {
                text.Append("...");
                break;
            }

            text.Append(name).Append(name == "" ? "" : " = ");
            AppendValue(text, member, depth + 1);
        }

        text.Append(close);
    }

    private static void AppendItems(StringBuilder text, IEnumerable items, int depth)
    {
        text.Append('[');
        var count = 0;
        foreach (var item in items)
        {
            text.Append(count == 0 ? "" : ", ");
            if (count++ == MaxItems)
            {
                text.Append("...");
                break;
            }

            if (item?.GetType() is { IsGenericType: true } pair && pair.GetGenericTypeDefinition() == typeof(KeyValuePair<,>))
            {
                AppendValue(text, pair.GetProperty("Key")!.GetValue(item), depth + 1);
                text.Append(": ");
                AppendValue(text, pair.GetProperty("Value")!.GetValue(item), depth + 1);
            }
            else
            {
                AppendValue(text, item, depth + 1);
            }
        }

        text.Append(']');
    }
}
