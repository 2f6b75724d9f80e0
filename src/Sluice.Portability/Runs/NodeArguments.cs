using System.Globalization;
using System.Reflection;

namespace Sluice;

/// <summary>The arguments that a node's coroutine was started with, by name: they are configuration, and come from the program (rule 18).</summary>
internal sealed class NodeArguments
{
    private const string This = "<>4__this";

    private readonly Dictionary<string, object?> _values = new(StringComparer.Ordinal);

    private NodeArguments(string method, bool isOfLibrary) => (Method, IsOfLibrary) = (method, isOfLibrary);

    /// <summary>The name of the coroutine's method.</summary>
    internal string Method { get; }

    /// <summary>Gets whether the method is one of this library's operators.</summary>
    internal bool IsOfLibrary { get; }

    /// <summary>Those that are objects: they stay outside of snapshots.</summary>
    internal IEnumerable<(string Name, object Item)> Objects => _values.Where(static value => value.Value is not null && !IsPlain(value.Value)).Select(static value => (value.Key, value.Value!));

    /// <summary>Those whose values can be compared: a program that gives others than those that are stored is another one.</summary>
    internal IEnumerable<(string Name, object? Value)> Plain => _values.Where(static value => value.Value is null || IsPlain(value.Value)).Select(static value => (value.Key, value.Value));

    /// <summary>Those of a coroutine that was called and has not started.</summary>
    /// <param name="called">The coroutine.</param>
    /// <param name="twin">Another one that was called in the same way: an argument that differs was made for this call, and is state.</param>
    internal static NodeArguments Of(Coroutine called, Coroutine twin)
    {
        var arguments = new NodeArguments(called.MethodName, called.BoxedStateMachine is { } started && LibraryAssemblies.Contains(started.GetType().Assembly));
        if (called.BoxedStateMachine is { } machine && twin.BoxedStateMachine is { } other && other.GetType() == machine.GetType())
        {
            foreach (var field in FieldsOf(machine.GetType()))
            {
                var (value, again) = (field.GetValue(machine), field.GetValue(other));
                if (ReferenceEquals(value, again) || (value is not null && IsPlain(value) && value.Equals(again)))
                {
                    arguments._values[field.Name] = value;
                }
            }
        }

        return arguments;
    }

    /// <summary>The error of a program that gives another argument than the stored one.</summary>
    internal SnapshotException Refuse(string field, object? stored, object? now, string node) =>
        new(string.Create(CultureInfo.InvariantCulture, $"'{Method}' was started with {VariableNames.Of(field)} = {stored ?? "null"}, and is now given {now ?? "null"}. Give it the same, or name '{node}' in JobOptions.Accept: it goes on with the stored one."));

    /// <summary>Locals and what the compiler adds have names with a bracket.</summary>
    private static IEnumerable<FieldInfo> FieldsOf(Type machine) => machine
        .GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
        .Where(static field => field.Name == This || !field.Name.Contains('<', StringComparison.Ordinal));

    private static bool IsPlain(object value) => value is string or decimal or DateTime or DateTimeOffset or TimeSpan or Guid || value.GetType() is { IsPrimitive: true } or { IsEnum: true };
}
