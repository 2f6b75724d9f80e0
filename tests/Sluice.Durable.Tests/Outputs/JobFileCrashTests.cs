using System.Text;
using Sluice.Contracts;
using Sluice.Tests;

namespace Sluice.Durable;

/// <summary>Jobs that write files are ended at many moments, and go on: the files are as those of a run that nothing has disturbed.</summary>
[Trait("Configuration", "Release")]
public sealed class JobFileCrashTests : IDisposable
{
    private const int Lines = 24;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Ways => OutputFileCrashTests.Ways;

    public static TheoryData<string, string> WaysAndPlaces
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var way in (string[])["plain", "one file", "parts", "renamed", "renamed parts"])
            {
                foreach (var place in (string[])["here", "thread", "pool", "merged"])
                {
                    all.Add(way, place);
                }
            }

            return all;
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(WaysAndPlaces))]
    public Task Rule_16_A_job_that_is_abandoned_again_and_again_writes_each_line_once(string way, string place) => Seed.Run(1, async random =>
    {
        const int Many = 400;
        var path = _folder.PathOf("out.txt");
        using var store = new DisposedStore();
        var job = new LinesJob(store.Store, way == "plain" ? Sink.WriteLines(path) : Sink.WriteLines(path, OutputFileCrashTests.OptionsOf(way)), Many)
        {
            CheckpointEach = 1 + random.Next(40),
            Place = place switch
            {
                "thread" => static source => source.On(Env.Thread(8)),
                "pool" => static source => source.On(Env.ThreadPool(8)),
                "merged" => static source => source.On(Env.Thread(4)).Select(static line => line).On(Env.ThreadPool(2)),
                _ => static source => source,
            },
        };

        for (var crashes = 0; crashes < 12 && !await job.RunAsync(1 + random.Next(90)); crashes++)
        {
        }

        Assert.True(await job.RunAsync());
        Assert.Equal(LinesJob.Text(Many), TextOf(Path.GetDirectoryName(path)!));
        Assert.True(await job.RunAsync()); // it is finished, and the files stay
        Assert.Equal(LinesJob.Text(Many), TextOf(Path.GetDirectoryName(path)!));
    });

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Rule_16_A_disk_that_stops_at_any_step_has_each_line_once_when_the_job_has_gone_on(string way)
    {
        var whole = OutputStory.NewDisk();
        using (var store = new DisposedStore())
        {
            Assert.True(await OnDisk(store, whole, way).RunAsync());
        }

        OutputText.Check(whole, Lines);
        for (var step = 0; step < whole.Steps; step++)
        {
            foreach (var stop in (StopKind[])[StopKind.CrashBefore, StopKind.CrashWithin, StopKind.CrashAfter, StopKind.Fail])
            {
                using var store = new DisposedStore();
                var disk = OutputStory.NewDisk();
                (disk.StopAt, disk.Stop) = (step, stop);
                var error = await Record.ExceptionAsync(() => OnDisk(store, disk, way).RunAsync());
                Assert.True(disk.StoppedAt is null || error is CrashException or IOException, $"{disk.StoppedAt}: {error}");
                var found = disk.AfterCrash((Loss)(step % 3), step);
                try
                {
                    Assert.True(await OnDisk(store, found, way).RunAsync());
                    OutputText.Check(found.AfterCrash(Loss.All), Lines);
                }
                catch (Exception failure)
                {
                    throw new InvalidOperationException($"{way}, step {step}, stopped at: {disk.StoppedAt}", failure);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Rule_14_A_store_that_fails_at_any_call_changes_nothing_in_the_files(string way)
    {
        var calls = await CallsAsync(way, 0, StoreFault.None);
        for (var call = 1; call <= calls; call++)
        {
            foreach (var fault in (StoreFault[])[StoreFault.Before, StoreFault.After, StoreFault.Twice, StoreFault.Late])
            {
                await CallsAsync(way, call, fault);
            }
        }
    }

    /// <summary>All bytes of the output's files, in the order of their names.</summary>
    private static string TextOf(string folder) => string.Concat(Directory.GetFiles(folder, "out*.txt").Order(StringComparer.Ordinal).Select(File.ReadAllText));

    private static LinesJob OnDisk(DisposedStore store, SimulatedDisk disk, string way) =>
        new(store.Store, Sink.WriteLines(OutputStory.File, OutputFileCrashTests.OptionsOf(way)), Lines) { Disk = disk };

    /// <summary>A job on a store that fails at one call; it is started again until it is finished.</summary>
    private static async Task<int> CallsAsync(string way, int failing, StoreFault fault)
    {
        using var inner = new DisposedStore();
        var store = new FaultyCheckpointStore(inner.Store) { Faults = (call, _) => call == failing ? fault : StoreFault.None };
        var disk = OutputStory.NewDisk();
        for (var starts = 0; ; starts++)
        {
            try
            {
                Assert.InRange(starts, 0, 3);
                Assert.True(await new LinesJob(store, Sink.WriteLines(OutputStory.File, OutputFileCrashTests.OptionsOf(way)), Lines) { Disk = disk }.RunAsync());
                break;
            }
            catch (StoreException)
            {
                // the start, or the end of the job, has failed: it is started again
            }
        }

        OutputText.Check(disk.AfterCrash(Loss.All), Lines, $"{way}, {fault} at call {failing}");
        return store.Calls;
    }

    private sealed class DisposedStore : IDisposable
    {
        internal CheckpointStore Store { get; } = Checkpoints.Memory();

        public void Dispose() => Store.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}

/// <summary>The lines of an output on a disk.</summary>
internal static class OutputText
{
    internal static void Check(SimulatedDisk disk, int lines, string what = "")
    {
        var text = string.Concat(disk.FilesIn(OutputStory.Folder).Where(static name => name.StartsWith("out", StringComparison.Ordinal) && name.EndsWith(".txt", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(name => Encoding.UTF8.GetString(disk.ContentOf($"{OutputStory.Folder}/{name}"))));
        Assert.True(LinesJob.Text(lines) == text, $"{what}\n{text}");
        Assert.DoesNotContain(disk.FilesIn(OutputStory.Folder), static name => name.EndsWith(".part", StringComparison.Ordinal));
    }
}
