using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Sluice;

/// <summary>A snapshot for people: each coroutine, where it waits, and its variables.</summary>
internal sealed class SnapshotText
{
    private const int MaxItems = 8;
    private const int MaxLetters = 200;
    private const int MaxDepth = 3;
    private const int MaxTargets = 100; // stages of one key
    private const int MaxTargetDepth = 6;

    private readonly bool _isOfNode; // targets have no names then: their node is not there
    private readonly bool _hasLibraryFields;

    private SnapshotText(bool isOfNode = false, bool hasLibraryFields = false) => (_isOfNode, _hasLibraryFields) = (isOfNode, hasLibraryFields);

    internal static string Of(IReadOnlyList<object?> objects)
    {
        var (text, to) = (new StringBuilder(), new SnapshotText());
        foreach (var coroutine in objects.OfType<Coroutine>())
        {
            to.Append(text, coroutine, null);
        }

        return text.ToString();
    }

    /// <summary>A value by itself, in a line; of one of the library the fields are shown too.</summary>
    internal static string OfValue(object? value)
    {
        var text = new StringBuilder();
        new SnapshotText(hasLibraryFields: true).AppendValue(text, value, 0);
        return text.ToString();
    }

    /// <summary>Appends the coroutines of a node that is not there.</summary>
    /// <param name="text">Where to.</param>
    /// <param name="objects">What the node keeps.</param>
    /// <param name="key">The text of the key whose coroutines are wanted. Null: all.</param>
    /// <returns>False: there is no such key.</returns>
    internal static bool TryAppend(StringBuilder text, IReadOnlyList<object?> objects, string? key)
    {
        var to = new SnapshotText(isOfNode: true);
        var keys = to.KeysOf(objects);
        foreach (var coroutine in objects.OfType<Coroutine>())
        {
            var own = coroutine.FindOwner() is { } owner ? keys.GetValueOrDefault(owner) : null;
            if (key is null || own == key)
            {
                to.Append(text, coroutine, own);
            }
        }

        return key is null || keys.ContainsValue(key);
    }

    /// <summary>Appends a field of a node that is not there, in a line.</summary>
    internal static void AppendVariable(StringBuilder text, string field, object? value) => new SnapshotText(isOfNode: true).AppendField(text, field, value);

    /// <summary>The targets that tables of keys have for each key, with the text of the key.</summary>
    private Dictionary<object, string> KeysOf(IReadOnlyList<object?> objects)
    {
        var keys = new Dictionary<object, string>(ReferenceEqualityComparer.Instance);
        foreach (var table in objects.OfType<IDictionary>())
        {
            foreach (DictionaryEntry entry in table)
            {
                foreach (var target in TargetsIn(entry.Value, 0))
                {
                    var text = new StringBuilder();
                    AppendValue(text, entry.Key, 0);
                    keys.TryAdd(target, entry.Key as string ?? text.ToString());
                }
            }
        }

        return keys;
    }

    private static IEnumerable<object> TargetsIn(object? value, int depth) => value switch
    {
        IInnerTarget => [value],
        Array { Length: <= MaxTargets } items when depth < MaxTargetDepth => items.Cast<object?>().SelectMany(item => TargetsIn(item, depth + 1)),
        IStageKey or ValueType when depth < MaxTargetDepth && value.GetType() is { IsPrimitive: false, IsEnum: false } => value.GetType()
            .GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance).SelectMany(field => TargetsIn(field.GetValue(value), depth + 1)),
        _ => [],
    };

    private void Append(StringBuilder text, Coroutine coroutine, string? key)
    {
        text.Append(key is null ? "" : $"key {key}: ").Append(coroutine.MethodName);
        if (!_isOfNode && coroutine.FindOwner() is { } owner && owner.Name != coroutine.MethodName)
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
            AppendField(text, field.Name, field.GetValue(machine));
        }
    }

    private void AppendField(StringBuilder text, string field, object? value)
    {
        text.Append("  ").Append(VariableNames.Of(field)).Append(" = ");
        AppendValue(text, value, 0);
        text.Append('\n');
    }

    private void AppendValue(StringBuilder text, object? value, int depth)
    {
        switch (value)
        {
            case null:
                text.Append(_isOfNode && depth == 0 ? "null, or given by the program" : "null");
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
            case IPort when _isOfNode:
                text.Append("target");
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
    private bool IsOwn(Type type) => !PortableTypes.IsOfFramework(type) && (_hasLibraryFields || !LibraryAssemblies.Contains(type.Assembly)) && !CodeUse.IsOfCompiler(type);

    private IEnumerable<(string Name, object? Value)> MembersOf(object value)
    {
        for (var at = value.GetType(); at is not null && IsOwn(at); at = at.BaseType)
        {
            foreach (var field in at.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(static field => !field.FieldType.IsPointer))
            {
                yield return (VariableNames.Of(field.Name), field.GetValue(value));
            }
        }
    }

    private void AppendMembers(StringBuilder text, IEnumerable<(string Name, object? Value)> members, int depth, char open, char close)
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

    private void AppendItems(StringBuilder text, IEnumerable items, int depth)
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
