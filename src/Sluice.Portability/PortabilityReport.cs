namespace Sluice;

/// <summary>What of stages, or of a whole pipeline, could not be stored in a snapshot, found without running it.</summary>
/// <remarks>It looks at the types of the variables of the stage's coroutines, and of those that they call, into the fields of the application's types and at the
/// elements of collections, and at the values that are captured already. A variable of a type that cannot be stored is no problem while it is
/// null or not used any more, so a report may warn of what works. What a variable of an interface, a delegate or an abstract type will hold is not
/// known before it does: see <see cref="Undecided"/>. A class that is not abstract is taken to be itself, not one that derives from it. Thread safety:
/// immutable.</remarks>
public sealed class PortabilityReport
{
    internal PortabilityReport(IReadOnlyList<PortabilityProblem> problems, IReadOnlyList<PortabilityProblem> undecided, IReadOnlyList<CopiedVariable> copied)
    {
        Problems = problems;
        Undecided = undecided;
        CopiedVariables = copied;
    }

    /// <summary>Whether nothing was found that cannot be stored.</summary>
    public bool IsPortable => Problems.Count == 0;

    /// <summary>What was found.</summary>
    public IReadOnlyList<PortabilityProblem> Problems { get; }

    /// <summary>The variables of which only a capture can tell, since it depends on what they hold then: those of an interface, a delegate, an abstract class,
    /// <see cref="object"/>, or a cancellation token. No problem by itself.</summary>
    public IReadOnlyList<PortabilityProblem> Undecided { get; }

    /// <summary>What can be stored, but is not shared any more then: captured variables that are written again. No problem by
    /// itself; if both sides are to see them, send them as items.</summary>
    public IReadOnlyList<CopiedVariable> CopiedVariables { get; }

    /// <summary>A line for each problem, or that there is none; then one for each undecided and for each copied variable.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => string.Join('\n', [.. IsPortable ? ["portable"] : Problems.Select(static problem => problem.ToString()), .. Undecided.Select(static variable => variable.ToString()), .. CopiedVariables.Select(static copied => copied.ToString())]);
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
