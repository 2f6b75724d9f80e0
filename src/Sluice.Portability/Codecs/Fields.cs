using System.Reflection;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>The fields of a type in the order in which they are stored: by name, those of base types first.</summary>
internal static class Fields<T>
{
    internal static IReadOnlyList<FieldInfo> All { get; } = [.. Levels().SelectMany(static level => level
        .GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        .OrderBy(static field => field.Name, StringComparer.Ordinal))];

    /// <summary>The reason why the fields cannot be stored, with any content.</summary>
    internal static string? Refusal { get; } = All.Select(static field => IsPointer(field.FieldType) ? $"its field '{VariableNames.Of(field.Name)}' is a pointer"
        : field.IsDefined(typeof(FixedBufferAttribute), false) ? $"its field '{VariableNames.Of(field.Name)}' is a buffer of fixed size" : null).FirstOrDefault(static reason => reason is not null);

    internal static IReadOnlyList<FieldSchema> Schema { get; } = [.. All.Where(static field => !IsBuilder(field.FieldType)).Select(static field => new FieldSchema(field.Name, field.FieldType, ValueCodec.For(field.FieldType).Parts))];

    /// <summary>The variables that lambdas share: only those that the captured code uses are stored, each behind a byte that says so.</summary>
    internal static bool AreVariables { get; } = CodeUse.IsClosure(typeof(T));

    internal static int MinBytes { get; } = All.Sum(static field => IsBuilder(field.FieldType) ? 0 : ValueCodec.For(field.FieldType).MinBytes);

    internal static FieldAccess<T> Access(bool byReflection) => byReflection ? ReflectedFields<T>.Instance : EmittedFields<T>.Instance;

    private static Stack<Type> Levels()
    {
        var levels = new Stack<Type>();
        for (var at = typeof(T); at is not null && at != typeof(object) && at != typeof(ValueType); at = at.BaseType)
        {
            levels.Push(at);
        }

        return levels;
    }

    private static bool IsPointer(Type type) => type.IsPointer || type.IsFunctionPointer || type.IsByRefLike;

    private static bool IsBuilder(Type type) =>
        type == typeof(CoroutineMethodBuilder) || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(CoroutineMethodBuilder<>));
}

/// <summary>Writes and reads all fields of an object or a value.</summary>
internal abstract class FieldAccess<T>
{
    internal abstract void Write(SnapshotWriter writer, ref T value);

    internal abstract void Read(SnapshotReader reader, ref T value);
}
