using System.Globalization;
using System.Reflection;

namespace Sluice;

/// <summary>The method that translates what an older version stored: its call, and what it left.</summary>
/// <param name="method">The method.</param>
/// <param name="owner">What it is the upgrade of, in words.</param>
/// <param name="version">The version that the stored variables are of.</param>
internal sealed class Upgrade(MethodInfo method, string owner, int version)
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    private string Name => $"the upgrade '{method.DeclaringType!.Name}.{method.Name}' of {owner} from version {version.ToString(CultureInfo.InvariantCulture)}";

    /// <exception cref="SnapshotException">Thrown: it threw.</exception>
    internal void Run(CapturedFields fields)
    {
        try
        {
            method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [fields, version], null);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new SnapshotException($"The snapshot cannot be resumed: {Name} threw a {error.GetType().Name}: {error.Message}", error);
        }
    }

    /// <summary>The value that it left for a variable of this version.</summary>
    /// <exception cref="SnapshotException">Thrown: there is none, or of another type.</exception>
    internal object? Take(CapturedFields fields, FieldInfo field)
    {
        var name = CapturedFields.NameOf(field.Name, _taken.Contains);
        _taken.Add(name);
        if (!fields.TryGet(name, out var value))
        {
            throw Fault($"gave no '{name}', a variable of type '{field.FieldType}' that is new in this version. Set fields[\"{name}\"]");
        }

        return value is null ? field.FieldType.IsValueType && Nullable.GetUnderlyingType(field.FieldType) is null ? throw Fault($"left '{name}' as null; in this version it is a '{field.FieldType}'") : null
            : field.FieldType.IsInstanceOfType(value) ? value
            : throw Fault($"left '{name}' as a '{value.GetType()}'; in this version it is a '{field.FieldType}'");
    }

    /// <summary>Each stored variable must have been taken over or removed.</summary>
    internal void CheckAllTaken(CapturedFields fields)
    {
        if (fields.Names.Where(name => !_taken.Contains(name)).Order(StringComparer.Ordinal).FirstOrDefault() is { } left)
        {
            throw Fault($"left '{left}', which this version does not have. Rename it to the variable that takes it over, or remove it: fields.Remove(\"{left}\")");
        }
    }

    internal SnapshotException Fault(string what) => new($"The snapshot cannot be resumed: {Name} {what}.");
}
