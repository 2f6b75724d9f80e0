using System.Globalization;
using Sluice.Tests;

namespace Sluice.Durable;

/// <summary>Journals that other processes write.</summary>
[Trait("Configuration", "Release")]
[Trait("Category", "Process")]
public sealed class JournalProcessTests
{
    [Fact]
    public async Task A_journal_that_another_process_writes_is_refused_with_its_number()
    {
        using var folder = new TemporaryFolder();
        using var other = OtherProcess.Start("hold-journal", folder.PathOf("j"));
        try
        {
            Assert.Equal("open", await OtherProcess.HearAsync(other));
            var error = Assert.Throws<FileInUseException>(() => Journal.Open(folder.PathOf("j")));
            Assert.Equal(other.Id, error.ProcessId);
            Assert.Contains($"process {other.Id}", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            await OtherProcess.EndAsync(other);
        }

        await Journal.Open(folder.PathOf("j")).DisposeAsync(); // its lock went with it
    }

    [Fact]
    public async Task A_writer_that_is_killed_again_and_again_loses_no_record_that_was_acknowledged()
    {
        using var folder = new TemporaryFolder();
        long acknowledged = 0;
        for (var life = 0; life < 6; life++)
        {
            using var other = OtherProcess.Start("write-journal", folder.PathOf("j"));
            try
            {
                for (var lines = 0; lines < 10 + (40 * (life % 3)); lines++)
                {
                    acknowledged = long.Parse(await OtherProcess.HearAsync(other), CultureInfo.InvariantCulture);
                }
            }
            finally
            {
                await OtherProcess.EndAsync(other);
            }

            while (await other.StandardOutput.ReadLineAsync() is { } line && line.Length > 0 && long.TryParse(line, CultureInfo.InvariantCulture, out var more))
            {
                acknowledged = Math.Max(acknowledged, more); // a line that was cut off is a smaller number
            }

            await using var journal = Journal.Open(folder.PathOf("j"));
            Assert.InRange(journal.End.Number, acknowledged, acknowledged + 100);
            using var reader = journal.Read(journal.Start);
            for (var number = 0; number < journal.End.Number; number++)
            {
                Assert.True(reader.TryRead());
                Assert.True(reader.Record.Span.SequenceEqual(JournalStory.Record(number)), $"record {number}");
            }
        }
    }

    [Fact]
    public async Task A_full_disk_is_an_error_that_says_so_and_loses_nothing()
    {
        using var folder = new TemporaryFolder();
        var mount = Directory.CreateDirectory(folder.PathOf("small")).FullName;
        if (!Environment.IsPrivilegedProcess)
        {
            // Only the error of the system; SimulatedDisk has the rest.
            using var full = Disk.Local.OpenToWrite("/dev/full");
            Assert.Contains("The disk is full: '/dev/full'", Assert.Throws<IOException>(() => full.Write(new byte[1], 0)).Message, StringComparison.Ordinal);
            return;
        }

        // In a namespace of its own, so the mount goes with the program.
        var run = await FileBasedProgram.Start("unshare", ["--mount", "sh", "-c",
            $"mount -t tmpfs -o size=1m none '{mount}' && exec dotnet exec '{typeof(OtherProcess).Assembly.Location}' fill-disk '{mount}/j'"]);

        Assert.Equal("", run.Error);
        var lines = run.Output.Split('\n');
        Assert.Contains("The disk is full", lines[0], StringComparison.Ordinal);
        Assert.InRange(long.Parse(lines[1], CultureInfo.InvariantCulture), 50, 110);
        Assert.Equal(lines[1], lines[2]);
    }
}
