namespace Sluice;

/// <summary>The life of a run of a job.</summary>
internal enum JobRunState
{
    /// <summary>It takes checkpoints.</summary>
    Running,

    /// <summary>It takes its last checkpoint, and ends then without closing anything.</summary>
    Suspending,

    /// <summary>That one is committed.</summary>
    Suspended,
}
