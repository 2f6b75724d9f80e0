using System.Diagnostics.CodeAnalysis;

namespace Sluice;

/// <summary>The variables of a coroutine, or the fields of an object, that an older version of its method or class stored, for its <see cref="StageVersionAttribute.Upgrade"/>
/// method to translate. What it leaves here under the name and type of a variable of this version becomes that variable.</summary>
/// <remarks>A variable that this version does not have must be renamed or removed, and one that is new must be set: else the snapshot is refused.
/// A value of an enumeration whose members have changed is the name that it had, as text (its number if it had none). Parameters and locals are called as in the source; of two locals with one name the second is called by the compiler's name.
/// Thread safety: none; it is used by one call.</remarks>
public sealed class CapturedFields
{
    private readonly Dictionary<string, object?> _values = new(StringComparer.Ordinal);

    internal CapturedFields(string coroutine) => Coroutine = coroutine;

    /// <summary>The name of the coroutine's method, or of the class.</summary>
    public string Coroutine { get; }

    /// <summary>At which await it waits: the number of the await in the order of the source, from 0; that of an <c>await foreach</c> counts behind
    /// those in its body. Change it if this version has more or fewer awaits before it. Of an object 0, and without a meaning.</summary>
    public int State { get; set; }

    /// <summary>The names of all variables that are here now, in no particular order.</summary>
    public IReadOnlyCollection<string> Names => _values.Keys;

    /// <summary>A variable's value.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">Thrown: there is none of that name.</exception>
    public object? this[string name]
    {
        get => _values[name];
        set => _values[name] = value;
    }

    /// <summary>A variable's value as a type.</summary>
    /// <typeparam name="T">The type that it had.</typeparam>
    /// <param name="name">Its name.</param>
    /// <returns>The value.</returns>
    /// <exception cref="KeyNotFoundException">Thrown: there is none of that name.</exception>
    /// <exception cref="InvalidCastException">Thrown: it is of another type.</exception>
    public T Get<T>(string name) => (T)_values[name]!;

    /// <summary>Gives a variable another name.</summary>
    /// <param name="oldName">The name that it has.</param>
    /// <param name="newName">The name that it has in this version.</param>
    /// <exception cref="KeyNotFoundException">Thrown: there is none of that name.</exception>
    public void Rename(string oldName, string newName)
    {
        _values[newName] = _values[oldName];
        _values.Remove(oldName);
    }

    /// <summary>Drops a variable.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>False if there is none of that name.</returns>
    public bool Remove(string name) => _values.Remove(name);

    internal bool TryGet(string name, [MaybeNullWhen(false)] out object? value) => _values.TryGetValue(name, out value);

    /// <summary>The name that people use, unless another variable has it.</summary>
    internal static string NameOf(string field, Predicate<string> isTaken) => VariableNames.Of(field) is var name && isTaken(name) ? field : name;
}
