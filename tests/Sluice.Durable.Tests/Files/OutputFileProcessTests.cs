using Sluice.Tests;

namespace Sluice.Durable;

/// <summary>Outputs that another process writes, which is stopped and wakes up.</summary>
[Trait("Configuration", "Release")]
[Trait("Category", "Process")]
public sealed class OutputFileProcessTests
{
    [Theory]
    [InlineData(0, "done")]
    [InlineData(1000, "FileInUseException")]
    public async Task Hole_6_A_stopped_process_that_wakes_up_writes_to_nothing(int maxPartSize, string end)
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("out.txt");
        var options = new OutputFileOptions { MaxPartSize = maxPartSize == 0 ? null : maxPartSize };
        using var old = OtherProcess.Start("write-output", path, $"{maxPartSize}");
        try
        {
            var state = Convert.FromBase64String(await OtherProcess.HearAsync(old));
            OtherProcess.Signal(old, "STOP");
            var error = Assert.Throws<FileInUseException>(() => OutputFile.Restore(path, state, options));
            Assert.Equal(old.Id, error.ProcessId);

            using var output = OutputFile.Restore(path, state, options with { TakeOver = true });
            output.Append("new 2\n"u8);
            OtherProcess.Signal(old, "CONT");
            await old.StandardInput.WriteLineAsync();
            Assert.Equal(end, await OtherProcess.HearAsync(old));
            output.Append("new 3\n"u8);
            output.Prepare(2);
            output.Publish(2);

            var committed = CommittedOutput.Read(path)!;
            Assert.Equal("old 1\nnew 2\nnew 3\n", await File.ReadAllTextAsync(committed.File!));
            Assert.Equal((2, 18), (committed.Checkpoint, committed.Length));
            Assert.Equal(2, Directory.GetFiles(folder.PathOf(""), "*").Length); // and the side file
        }
        finally
        {
            await OtherProcess.EndAsync(old);
        }
    }
}
