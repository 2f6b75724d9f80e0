namespace Sluice;

/// <summary>The faults of a lambda whose captured values cannot come from another program (rule 18).</summary>
internal enum CaptureFault
{
    /// <summary>The code changes something that was captured.</summary>
    Changes,

    /// <summary>An object that may be changed is captured, and given to code that is not known.</summary>
    MayChange,

    /// <summary>The object belongs to a run.</summary>
    BelongsToRun,
}

/// <summary>What is wrong with one captured value.</summary>
/// <param name="Fault">The fault.</param>
/// <param name="Node">The name of the node whose code it is.</param>
/// <param name="Path">The way to the value, such as <c>settings.Limit</c>.</param>
/// <param name="Item">The object; null if it is a variable that is written.</param>
/// <param name="Method">The method in which it was found.</param>
/// <param name="Call">The method that it is given to; null if there is none.</param>
internal sealed record CaptureFinding(CaptureFault Fault, string Node, string Path, object? Item, string Method, string? Call);
