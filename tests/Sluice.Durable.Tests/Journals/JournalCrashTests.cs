using Sluice.Tests;

namespace Sluice.Durable;

/// <summary>A journal in files is crashed before, within and after each write, fsync, rename, deletion and change of a length.</summary>
[Trait("Configuration", "Release")]
public sealed class JournalCrashTests
{
    private const int Batches = 24;

    private static readonly (Loss Loss, int Seed)[] s_losses = [(Loss.None, 0), (Loss.All, 0), (Loss.Some, 1), (Loss.Some, 2), (Loss.Some, 3)];

    [Theory]
    [InlineData("before")]
    [InlineData("within")]
    [InlineData("after")]
    public void Rule_17_No_crash_loses_a_record_that_was_taken(string when)
    {
        var steps = StepsOf(static disk => new JournalStory().Write(disk, Batches));
        Assert.InRange(steps, 80, 500);

        for (var step = 0; step < steps; step++)
        {
            foreach (var (loss, seed) in s_losses)
            {
                var (disk, story) = Crashed(step, KindOf(when));
                Try(disk, loss, () =>
                {
                    var left = disk.AfterCrash(loss, seed);
                    story.Check(left);
                    story.Write(left, 3);
                    story.Check(left.AfterCrash(Loss.All));
                });
            }
        }
    }

    /// <summary>The opening after a crash repairs; it may crash too.</summary>
    [Fact]
    public void Rule_17_No_crash_of_the_repair_loses_a_record_that_was_taken()
    {
        var steps = StepsOf(static disk => new JournalStory().Write(disk, Batches));
        for (var step = 0; step < steps; step++)
        {
            for (int again = 0, left = 1; left > 0; again++)
            {
                var (disk, story) = Crashed(step, StopKind.CrashWithin);
                Try(disk, Loss.Some, () =>
                {
                    var found = disk.AfterCrash(Loss.Some, step);
                    (found.StopAt, found.Stop) = (again, StopKind.CrashWithin);
                    left = Throws(() => JournalStory.Open(found).Dispose()) is CrashException ? 1 : 0;
                    found.StopAt = int.MaxValue;
                    story.Check(left == 0 ? found : found.AfterCrash(Loss.Some, again));
                });
            }
        }
    }

    /// <summary>Finds what a second fsync would hide: the system has dropped the pages, shows them still, and loses them at the next crash.</summary>
    [Fact]
    public void Hole_16_A_failure_of_any_step_fails_the_store_and_what_it_then_finds_stays()
    {
        var steps = StepsOf(static disk => new JournalStory().Write(disk, Batches));
        for (var step = 0; step < steps; step++)
        {
            var (disk, story) = (JournalStory.NewDisk(), new JournalStory());
            (disk.StopAt, disk.Stop) = (step, StopKind.Fail);
            Try(disk, Loss.All, () =>
            {
                Assert.IsType<IOException>(Throws(() => story.Write(disk, Batches)));
                story.Check(disk); // another process goes on, the machine does not stop
                story.Check(disk.AfterCrash(Loss.All));
            });
        }
    }

    [Fact]
    public void Hole_16_A_store_that_has_failed_takes_nothing_more()
    {
        var disk = JournalStory.NewDisk();
        using var store = JournalStory.Open(disk);
        store.Append(JournalStory.Batch(0, 2));
        (disk.StopAt, disk.Stop) = (disk.Steps + 1, StopKind.Fail); // the fsync behind the write
        Assert.Throws<IOException>(() => store.Append(JournalStory.Batch(2, 2)));
        var steps = disk.Steps;

        var error = Assert.Throws<InvalidOperationException>(() => store.Append(JournalStory.Batch(2, 2)));

        Assert.Contains("open it again", error.Message, StringComparison.Ordinal);
        Assert.Equal(steps, disk.Steps);
    }

    private static (SimulatedDisk Disk, JournalStory Story) Crashed(int step, StopKind stop)
    {
        var (disk, story) = (JournalStory.NewDisk(), new JournalStory());
        (disk.StopAt, disk.Stop) = (step, stop);
        Assert.IsType<CrashException>(Throws(() => story.Write(disk, Batches)));
        return (disk, story);
    }

    private static int StepsOf(Action<SimulatedDisk> run)
    {
        var disk = JournalStory.NewDisk();
        run(disk);
        return disk.Steps;
    }

    private static Exception? Throws(Action action) => Record.Exception(action);

    private static void Try(SimulatedDisk disk, Loss loss, Action check)
    {
        try
        {
            check();
        }
        catch (Exception error)
        {
            throw new Xunit.Sdk.XunitException($"{disk.StoppedAt}, loss {loss}: {error}");
        }
    }

    private static StopKind KindOf(string when) => when switch
    {
        "before" => StopKind.CrashBefore,
        "within" => StopKind.CrashWithin,
        _ => StopKind.CrashAfter,
    };
}
