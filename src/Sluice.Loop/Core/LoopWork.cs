namespace Sluice;

/// <summary>Numbers of what a loop goes on for, and of what can wake it. Owner: the loop's thread; a dump may read them on another one.</summary>
internal struct LoopWork
{
    /// <summary>The number of tasks that have not ended: the main one, children of groups, and runs of pipelines.</summary>
    internal int Tasks;

    /// <summary>The number of tasks that are runs.</summary>
    internal int Runs;

    /// <summary>The number of waits that there are.</summary>
    internal int Waits;

    /// <summary>The number of calls on other threads.</summary>
    internal int Calls;

    /// <summary>The number of <c>async void</c> methods that have not ended.</summary>
    internal int VoidMethods;

    /// <summary>The number of waits for an event of .NET that may never come. Other than a call on another thread this does not hold a
    /// virtual clock, just as a watched descriptor does not.</summary>
    internal int OutsideWaits;

    /// <summary>The number of open scopes that can be cancelled by a token from outside.</summary>
    internal int OutsideTokens;

    /// <summary>Gets whether the loop may end.</summary>
    internal readonly bool IsDone => Tasks == 0 && Waits == 0 && VoidMethods == 0 && Calls == 0;

    /// <summary>Returns whether nothing but timers and descriptors can wake it, as far as it knows, and there is a wait
    /// for each task. A task may have several, and another one none. What a run waits for, and who waits for a run,
    /// is not counted, so where there is one that alone is reason to look.</summary>
    /// <param name="wasStuck">Whether it was stuck before, and its tasks were cancelled: they may have begun others that wait for nothing of the loop.</param>
    internal readonly bool MayBeStuck(bool wasStuck) => OutsideWaits == 0 && Calls == 0 && VoidMethods == 0 && OutsideTokens == 0 && (Waits >= Tasks || Runs > 0 || wasStuck);
}
