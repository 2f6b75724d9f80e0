using System.Text;

namespace Sluice.Durable;

/// <summary>A job that writes numbered lines to an output on a <see cref="SimulatedDisk"/>, with a store of checkpoints that never fails.</summary>
internal sealed class OutputStory(OutputFileOptions options)
{
    internal const string Folder = "/data";
    internal const string File = $"{Folder}/out.txt";
    private const int Lines = 24;

    private long _number;

    /// <summary>The newest committed checkpoint: the state, and how many lines it has.</summary>
    internal (byte[] State, int Lines)? Committed { get; private set; }

    internal static string Expected => string.Concat(Enumerable.Range(0, Lines).Select(Line));

    internal static SimulatedDisk NewDisk()
    {
        var disk = new SimulatedDisk();
        disk.CreateFolder(Folder);
        return disk;
    }

    internal static string Line(int number) => $"line {number} {new string('x', number * 7 % 40)}\n";

    internal static byte[] BytesOf(int line) => Encoding.ASCII.GetBytes(Line(line));

    /// <summary>What others may rely on: what is visible, or, where more is, what the side file says.</summary>
    internal static string CommittedText(SimulatedDisk disk)
    {
        var committed = CommittedOutput.Read(disk, File);
        var text = new StringBuilder();
        foreach (var name in disk.FilesIn(Folder).Where(static name => name[0] != '.' && name.EndsWith(".txt", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var content = disk.ContentOf($"{Folder}/{name}");
            text.Append(Encoding.ASCII.GetString(content, 0, (int)Math.Min(content.Length, committed?.LengthOf($"{Folder}/{name}") ?? 0)));
        }

        return text.ToString();
    }

    internal OutputFile Open(SimulatedDisk disk, bool takeOver = false) => Committed is { } committed
        ? OutputFile.Restore(disk, File, committed.State, options with { TakeOver = takeOver })
        : OutputFile.Open(disk, File, options);

    /// <summary>Runs the job from its newest checkpoint to its end. Some checkpoints are given up, and some are published late.</summary>
    internal void Run(SimulatedDisk disk)
    {
        using var output = Open(disk);
        Run(disk, output);
    }

    internal void Run(SimulatedDisk disk, OutputFile output)
    {
        if (Committed is null)
        {
            Commit(disk, output, 0);
            output.Publish(_number - 1);
        }

        for (var line = Committed!.Value.Lines; line < Lines; line++)
        {
            output.Append(BytesOf(line));
            switch (line % 6)
            {
                case 2 when line % 12 == 2:
                    output.Prepare(_number++); // and the store is away
                    break;
                case 3 or 4:
                    Commit(disk, output, line + 1);
                    break;
                case 5:
                    Commit(disk, output, line + 1);
                    output.Publish(_number - 1);
                    output.Publish(_number - 1);
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>Checks a disk after a crash: others see a beginning of the lines, and no more than is committed.</summary>
    internal void CheckCommitted(SimulatedDisk disk)
    {
        var text = CommittedText(disk);
        Assert.StartsWith(text, Expected, StringComparison.Ordinal);
        Assert.InRange(text.Count(static character => character == '\n'), 0, Committed?.Lines ?? 0);
        Assert.True(text.Length == 0 || text[^1] == '\n');
    }

    internal static void CheckWhole(SimulatedDisk disk)
    {
        Assert.Equal(Expected, CommittedText(disk));
        Assert.DoesNotContain(disk.FilesIn(Folder), static name => name.StartsWith('.') || name.EndsWith(".new", StringComparison.Ordinal));
    }

    private void Commit(SimulatedDisk disk, OutputFile output, int lines)
    {
        var state = output.Prepare(_number++);
        disk.Do("commit", () => Committed = (state, lines));
    }
}
