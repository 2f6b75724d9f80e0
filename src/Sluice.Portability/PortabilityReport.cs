namespace Sluice;

/// <summary>What of stages, or of a whole pipeline, could not be stored in a snapshot, found without running it.</summary>
/// <remarks>It looks at the types of the variables of the stage's coroutines, and of those that they call, and at the values
/// that are captured already. A variable of a type that cannot be stored is no problem while it is null or not used any more, so
/// a report may warn of what works; and what a variable of an interface or a base type will hold is not known before it
/// does. Thread safety: immutable.</remarks>
public sealed class PortabilityReport
{
    internal PortabilityReport(IReadOnlyList<PortabilityProblem> problems, IReadOnlyList<CopiedVariable> copied)
    {
        Problems = problems;
        CopiedVariables = copied;
    }

    /// <summary>Whether nothing was found.</summary>
    public bool IsPortable => Problems.Count == 0;

    /// <summary>What was found.</summary>
    public IReadOnlyList<PortabilityProblem> Problems { get; }

    /// <summary>What can be stored, but is not shared any more then: captured variables that are written again. No problem by
    /// itself; if both sides are to see them, send them as items.</summary>
    public IReadOnlyList<CopiedVariable> CopiedVariables { get; }

    /// <summary>A line for each problem, or that there is none; then one for each copied variable.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => string.Join('\n', [.. IsPortable ? ["portable"] : Problems.Select(static problem => problem.ToString()), .. CopiedVariables.Select(static copied => copied.ToString())]);
}

/// <summary>One thing that could not be stored.</summary>
/// <param name="Coroutine">The method that has it.</param>
/// <param name="Variable">The variable.</param>
/// <param name="Type">Its type.</param>
/// <param name="Reason">Why it cannot be stored, and what to do.</param>
public sealed record PortabilityProblem(string Coroutine, string Variable, Type Type, string Reason)
{
    /// <summary>All of it.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => $"{Coroutine}: '{Variable}' is a '{Type}': {Reason}.";
}
