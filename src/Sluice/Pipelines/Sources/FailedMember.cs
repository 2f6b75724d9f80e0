namespace Sluice;

/// <summary>The choices for a source of a <see cref="MergeSet{T}"/> that fails.</summary>
public enum FailedMember
{
    /// <summary>The failure fails the run, and all other sources with it.</summary>
    FailAll,

    /// <summary>The source is dropped and the others go on. Its <see cref="MergeMember.Completion"/> fails with the failure; if no one looks at that, it is reported as
    /// that of any task (<see cref="TaskScheduler.UnobservedTaskException"/>).</summary>
    Drop,
}
