namespace Sluice;

/// <summary>A variable that a lambda shares with other code, and that is written more than once: a snapshot has a copy of it, so what one
/// side writes later the other does not see.</summary>
/// <param name="Coroutine">The method that uses it.</param>
/// <param name="Variable">The variable.</param>
/// <param name="Type">Its type.</param>
public sealed record CopiedVariable(string Coroutine, string Variable, Type Type)
{
    /// <summary>All of it.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => $"{Coroutine}: '{Variable}' is copied: what one side writes later the other does not see.";
}
