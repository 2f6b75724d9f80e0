using System.Diagnostics;
using System.Text;
using Sluice.Tests;

namespace Sluice.Durable;

/// <summary>The work of processes that tests start, and how they start them.</summary>
internal static class OtherProcess
{
    /// <summary>Starts this assembly as a program. Its standard input is the caller's to write to.</summary>
    internal static Process Start(params string[] arguments) =>
        FileBasedProgram.Launch("dotnet", ["exec", typeof(OtherProcess).Assembly.Location, .. arguments], static start => start.RedirectStandardInput = true);

    /// <summary>The next line that the program prints.</summary>
    internal static async Task<string> HearAsync(Process process)
    {
        if (await Wait.For(process.StandardOutput.ReadLineAsync(), "a line of the program") is { } line)
        {
            return line;
        }

        throw new EndOfStreamException(await Wait.For(process.StandardError.ReadToEndAsync()));
    }

    internal static void Signal(Process process, string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{process.Id}"]);
        kill.WaitForExit();
    }

    internal static async Task EndAsync(Process process)
    {
        process.Kill();
        await Wait.For(process.WaitForExitAsync(), "the end of the program");
    }

    /// <summary>Appends records for as long as it lives, and prints how many are durable.</summary>
    internal static async Task WriteJournalAsync(string folder)
    {
        await using var journal = Journal.Open(folder, new() { FlushInterval = TimeSpan.FromMilliseconds(1), SegmentSize = 64 << 10 });
        for (var number = journal.End.Number; ; number++)
        {
            var position = await journal.WriteAsync(JournalStory.Record(number));
            if (number % 20 == 0)
            {
                await journal.FlushedAsync(position);
                Console.WriteLine(position.Number);
            }
        }
    }

    internal static async Task HoldJournalAsync(string folder)
    {
        await using var journal = Journal.Open(folder);
        Console.WriteLine("open");
        Console.ReadLine();
    }

    /// <summary>Appends until the disk is full, opens again, and prints the error, how many records were acknowledged and how many are there.</summary>
    internal static async Task FillDiskAsync(string folder)
    {
        var journal = Journal.Open(folder, new() { FlushInterval = TimeSpan.Zero, SegmentSize = 256 << 10 });
        long acknowledged = 0;
        try
        {
            while (true)
            {
                acknowledged = (await journal.AppendAsync(new byte[10_000])).Number;
            }
        }
        catch (IOException error)
        {
            Console.WriteLine(error.Message.ReplaceLineEndings(" "));
        }

        await journal.AbandonAsync();
        await using var again = Journal.Open(folder);
        Console.WriteLine(acknowledged);
        Console.WriteLine(again.End.Number);
    }

    /// <summary>Writes an output with one committed checkpoint and more behind it, and prints the state. It goes on when it gets a line, and prints how that
    /// ends.</summary>
    internal static void WriteOutput(string path, int maxPartSize)
    {
        using var output = OutputFile.Open(path, new() { MaxPartSize = maxPartSize == 0 ? null : maxPartSize });
        output.Prepare(0);
        output.Publish(0);
        output.Append("old 1\n"u8);
        var state = output.Prepare(1);
        output.Publish(1);
        output.Append(new byte[100_000]); // more than the buffer: the file has it
        Console.WriteLine(Convert.ToBase64String(state));
        Console.ReadLine();
        try
        {
            for (var i = 0; i < 5000; i++)
            {
                output.Append(Encoding.ASCII.GetBytes($"old line {i} that comes too late\n"));
            }

            output.Prepare(2);
            output.Publish(2);
            Console.WriteLine("done");
        }
        catch (Exception error)
        {
            Console.WriteLine(error.GetType().Name);
        }
    }
}
