namespace Sluice;

/// <summary>Finds the name in the source of a field of the compiler.</summary>
internal static class VariableNames
{
    /// <summary>Returns whether it has no name in the source.</summary>
    internal static bool IsHidden(string field) => field.StartsWith("<>", StringComparison.Ordinal) && !field.StartsWith("<>4__this", StringComparison.Ordinal);

    /// <summary><c>&lt;count&gt;5__2</c> is count, <c>&lt;&gt;4__this</c> is this; one without a name says what it is for.</summary>
    internal static string Of(string field)
    {
        if (!field.StartsWith('<'))
        {
            return field;
        }

        var end = field.IndexOf('>', StringComparison.Ordinal);
        return end > 1 ? field[1..end]
            : field.StartsWith("<>4__this", StringComparison.Ordinal) ? "this"
            : field.StartsWith("<>8__", StringComparison.Ordinal) ? "captured variables"
            : field.StartsWith("<>u__", StringComparison.Ordinal) ? "the await"
            : field.StartsWith("<>7__", StringComparison.Ordinal) || field.StartsWith("<>s__", StringComparison.Ordinal) ? $"what the compiler keeps for a foreach, using or try ({field})"
            : field;
    }
}
