using Sluice.Tests;

namespace Sluice.Durable;

/// <summary>An output is crashed before, within and after each write, fsync, rename, deletion, commit and publication.</summary>
[Trait("Configuration", "Release")]
public sealed class OutputFileCrashTests
{
    private static readonly (Loss Loss, int Seed)[] s_losses = [(Loss.None, 0), (Loss.All, 0), (Loss.Some, 1), (Loss.Some, 2)];

    public static TheoryData<string> Ways => ["one file", "parts", "renamed", "renamed parts"];

    internal static OutputFileOptions OptionsOf(string way) => way switch
    {
        "one file" => new(),
        "parts" => new() { MaxPartSize = 100 },
        "renamed" => new() { Commit = OutputCommit.Rename },
        _ => new() { Commit = OutputCommit.Rename, MaxPartSize = 60 },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public void Rule_16_Every_byte_is_there_once_after_a_crash_at_any_step(string way)
    {
        var steps = Steps(way);
        Assert.InRange(steps, 40, 500);
        for (var step = 0; step < steps; step++)
        {
            foreach (var stop in (StopKind[])[StopKind.CrashBefore, StopKind.CrashWithin, StopKind.CrashAfter])
            {
                foreach (var (loss, seed) in s_losses)
                {
                    var (disk, story) = Stopped(way, step, stop);
                    Try(disk, loss, () => GoOn(disk.AfterCrash(loss, seed), story));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Rule_16_A_crash_of_the_restore_is_no_other(string way)
    {
        var steps = Steps(way);
        for (var step = 0; step < steps; step += 2)
        {
            for (var (again, isOver) = (0, false); !isOver; again++)
            {
                var (disk, story) = Stopped(way, step, StopKind.CrashAfter);
                Try(disk, Loss.Some, () =>
                {
                    var found = disk.AfterCrash(Loss.Some, step);
                    (found.StopAt, found.Stop) = (again, StopKind.CrashAfter);
                    isOver = Record.Exception(() => story.Open(found).Dispose()) is not CrashException;
                    found.StopAt = int.MaxValue;
                    GoOn(isOver ? found : found.AfterCrash(Loss.Some, again), story);
                });
            }
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Hole_16_A_failure_of_any_step_is_mended_by_the_next_run(string way)
    {
        var steps = Steps(way);
        for (var step = 0; step < steps; step++)
        {
            var (disk, story) = (OutputStory.NewDisk(), new OutputStory(OptionsOf(way)));
            (disk.StopAt, disk.Stop) = (step, StopKind.Fail);
            Try(disk, Loss.All, () =>
            {
                Assert.IsType<IOException>(Record.Exception(() => story.Run(disk)));
                story.CheckCommitted(disk);
                story.Run(disk);
                OutputStory.CheckWhole(disk.AfterCrash(Loss.All)); // it is durable, not only shown
            });
        }
    }

    /// <summary>The old run is frozen at each of its steps; the new one takes over and ends; the old one wakes up and goes on.</summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public void Hole_6_A_run_that_was_taken_over_writes_to_nothing(string way)
    {
        for (var lines = 0; lines < 24; lines++)
        {
            var (disk, old) = (OutputStory.NewDisk(), new OutputStory(OptionsOf(way)));
            var frozen = old.Open(disk);
            frozen.Prepare(0);
            frozen.Publish(0);
            for (var line = 0; line < lines; line++)
            {
                frozen.Append(OutputStory.BytesOf(line));
            }

            var state = frozen.Prepare(1000);
            Assert.Throws<FileInUseException>(() => OutputFile.Restore(disk, OutputStory.File, state, OptionsOf(way)));
            frozen.Append(new byte[70_000]); // of which the file has a part

            var written = Text(lines);
            using (var taken = OutputFile.Restore(disk, OutputStory.File, state, OptionsOf(way) with { TakeOver = true }))
            {
                Assert.Equal(written, OutputStory.CommittedText(disk));
                taken.Append(OutputStory.BytesOf(lines));
                taken.Prepare(1001);
                taken.Publish(1001);
            }

            Record.Exception(() => frozen.Append(new byte[70_000]));
            Record.Exception(() => frozen.Prepare(1001));
            Record.Exception(() => frozen.Publish(1000));
            Record.Exception(() => frozen.Publish(1001));
            frozen.Dispose();

            Assert.Equal(written + OutputStory.Line(lines), OutputStory.CommittedText(disk));
        }
    }

    [Fact]
    public void Hole_6_A_crash_of_a_takeover_loses_nothing()
    {
        for (var (step, isOver) = (0, false); !isOver; step++)
        {
            foreach (var (loss, seed) in s_losses)
            {
                var disk = OutputStory.NewDisk();
                var frozen = OutputFile.Open(disk, OutputStory.File, new());
                frozen.Prepare(0);
                frozen.Append(OutputStory.BytesOf(0));
                var state = frozen.Prepare(1);
                frozen.Publish(1);
                (disk.StopAt, disk.Stop) = (disk.Steps + step, StopKind.CrashAfter);

                isOver = Record.Exception(() => OutputFile.Restore(disk, OutputStory.File, state, new() { TakeOver = true }).Dispose()) is not CrashException;
                var left = disk.AfterCrash(loss, seed);
                Try(disk, loss, () =>
                {
                    using var again = OutputFile.Restore(left, OutputStory.File, state, new());
                    Assert.Equal(OutputStory.Line(0), OutputStory.CommittedText(left));
                });
            }
        }
    }

    private static string Text(int lines) => string.Concat(Enumerable.Range(0, lines).Select(OutputStory.Line));

    private static int Steps(string way)
    {
        var disk = OutputStory.NewDisk();
        new OutputStory(OptionsOf(way)).Run(disk);
        OutputStory.CheckWhole(disk);
        return disk.Steps;
    }

    private static (SimulatedDisk Disk, OutputStory Story) Stopped(string way, int step, StopKind stop)
    {
        var (disk, story) = (OutputStory.NewDisk(), new OutputStory(OptionsOf(way)));
        (disk.StopAt, disk.Stop) = (step, stop);
        Assert.IsType<CrashException>(Record.Exception(() => story.Run(disk)));
        return (disk, story);
    }

    private static void GoOn(SimulatedDisk disk, OutputStory story)
    {
        story.CheckCommitted(disk);
        story.Run(disk);
        OutputStory.CheckWhole(disk);
    }

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
}
