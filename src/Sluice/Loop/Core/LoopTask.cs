namespace Sluice;

/// <summary>One task of the loop: the main one, or a child of a group. Its scopes hang below <see cref="Scope"/>.</summary>
internal sealed class LoopTask(EventLoop loop, string name)
{
    private int _waits;

    internal string Name => name;

    internal CancelScope Scope { get; set; } = null!;

    /// <summary>What its method returned: holds the failure, which someone has to look at.</summary>
    internal Task? Body { get; set; }

    /// <summary>One of its methods waits for something of the loop. It may be several: a task can have methods beside each other.</summary>
    internal void BeginWait()
    {
        if (_waits++ == 0)
        {
            loop.TasksThatWait++;
        }
    }

    internal void EndWait()
    {
        if (--_waits == 0)
        {
            loop.TasksThatWait--;
        }
    }
}
