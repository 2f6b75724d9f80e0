namespace Sluice;

/// <summary>Seeing inside.</summary>
public sealed partial class EventLoop
{
    /// <summary>The number of times that another thread reads the tree of a loop that goes on changing it, before it asks the loop.</summary>
    private const int ReadsFromOutside = 100;

    /// <summary>The time that another thread waits for the answer.</summary>
    private static readonly TimeSpan s_answerLimit = TimeSpan.FromSeconds(1);

    /// <summary>Odd while the tree of scopes is being changed. Owner: the loop's thread; others compare what they read before and after.</summary>
    private int _changes;

    /// <summary>The callback that the loop runs or has run last; none while it waits. Owner: the loop's thread; another one may read a name of the
    /// callback before.</summary>
    private WorkItem _running;

    /// <summary>Describes what the tasks of the loop do: the tree of tasks, groups, scopes and runs, what each waits for and since when.</summary>
    /// <remarks>
    /// <para>A task without a line "waits for" awaits something that is not the loop's, or is the one that calls. Below a run stand
    /// those of its nodes that have not ended, and what they do.</para>
    /// <para>From another thread, such as that of a watchdog, the second line says which callback the loop is inside of and for how
    /// long, or that it waits. Then follows the same tree, which stands still while a callback hangs, loops or blocks:
    /// it does not change before the callback comes back to the loop, or makes or cancels something of it. Where the
    /// callback is, and what it waits for outside of the loop, only a debugger can say. A tree that changes while it is read is read
    /// again; if it goes on changing the loop is asked for the text, and what is known without its tasks is returned if there is no
    /// answer within a second. Numbers of items and the like in the lines may be of different moments.</para>
    /// <para>Thread safety: any thread.</para>
    /// </remarks>
    /// <returns>The text, lines ending in a line feed. Of a loop that has ended, the first line says so.</returns>
    public string Dump() => IsOnThread ? new LoopDump(this).Head().Tree(_root).ToString() : DumpFromOutside();

    /// <summary>From any thread.</summary>
    internal void CancelMain() => PostFromAnywhere(new((Action)(() => _root.Cancel()), null));

    /// <summary>The tree of scopes is about to change. Pair with <see cref="EndChange"/>.</summary>
    internal void BeginChange() => Volatile.Write(ref _changes, _changes + 1);

    internal void EndChange() => Volatile.Write(ref _changes, _changes + 1);

    /// <summary>The number of changes of the tree so far. From any thread.</summary>
    internal int Changes => Volatile.Read(ref _changes);

    /// <summary>The number of callbacks that are ready. From any thread; elsewhere a guess.</summary>
    internal int ReadyCount => _ready.Count;

    /// <summary>Describes what the loop does now, as another thread sees it.</summary>
    internal string Activity()
    {
        var running = _running;
        return running.Callback is null
            ? "waits"
            : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"is inside {CallbackName.Of(running)} since {Clock.Provider.GetElapsedTime(TurnTimestamp, Clock.Now).TotalSeconds:0.###} s");
    }

    /// <summary>While it reads, it refers to the tasks: a look for a deadlock then finds none, and is repeated.</summary>
    private string DumpFromOutside()
    {
        if (HasEnded)
        {
            return $"loop '{Name}': has ended\n";
        }

        var wait = default(SpinWait);
        for (var i = 0; i < ReadsFromOutside; i++)
        {
            var before = Changes;
            if ((before & 1) == 0 && new LoopDump(this, before).Head().Activity().Tree(Volatile.Read(ref _root)) is { IsWhole: true } dump)
            {
                return dump.ToString();
            }

            wait.SpinOnce(sleep1Threshold: -1);
        }

        var answer = new TaskCompletionSource<string>();
        return TryPost(new((Action)(() => answer.SetResult(new LoopDump(this).Head().Tree(_root).ToString())), null)) && answer.Task.Wait(s_answerLimit)
            ? answer.Task.Result
            : new LoopDump(this).Head().Activity().Line("its tasks change too fast to be read from another thread").ToString();
    }
}
