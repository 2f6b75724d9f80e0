using System.Globalization;
using Sluice.Tests;

namespace Sluice.Durable;

/// <summary>The program that tests start as another process: the first argument says what it does.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        switch (arguments[0])
        {
            case "write-journal":
                await OtherProcess.WriteJournalAsync(arguments[1]);
                return 0;
            case "hold-journal":
                await OtherProcess.HoldJournalAsync(arguments[1]);
                return 0;
            case "fill-disk":
                await OtherProcess.FillDiskAsync(arguments[1]);
                return 0;
            case "write-output":
                OtherProcess.WriteOutput(arguments[1], int.Parse(arguments[2], CultureInfo.InvariantCulture));
                return 0;
            default:
                await Console.Error.WriteLineAsync($"'{arguments[0]}' is not known.");
                return 2;
        }
    }
}
