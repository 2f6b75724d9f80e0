using System.CommandLine;
using Sluice.Tool.Jobs;

namespace Sluice.Tool;

/// <summary>The tool from its arguments to its exit code: 0, 1 after a failure, 2 for a wrong command line.</summary>
internal static class ToolProgram
{
    private const int Failed = 1;
    private const int WrongUse = 2;

    internal static async Task<int> RunAsync(IReadOnlyList<string> arguments, ToolConsole console, CancellationToken cancellationToken = default)
    {
        var found = Parse(arguments, console);
        if (found.Errors is [var wrong, ..])
        {
            return Say(console, $"{wrong.Message} See --help.", WrongUse);
        }

        try
        {
            var how = new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = console.Output, Error = console.Error };
            return await found.InvokeAsync(how, cancellationToken);
        }
        catch (UsageException error)
        {
            return Say(console, $"{error.Message} See --help.", WrongUse);
        }
        catch (Exception error) when (TextOf(error) is { } text)
        {
            return Say(console, text, Failed);
        }
    }

    internal static ParseResult Parse(IReadOnlyList<string> arguments, ToolConsole console) =>
        new RootCommand("Looks at jobs of Sluice and changes them.") { JobsCommand.Create(console) }.Parse(arguments);

    /// <summary>The failure in a line; null for one that no one expects, which is shown with its stack.</summary>
    private static string? TextOf(Exception error) => error switch
    {
        OperationCanceledException => "Stopped.",
        JobRunningException running => StoredJobText.Running(running.Job),
        JobTakenOverException => "A run took the job over in the meantime. Nothing more was changed; run the command again.",
        ToolException or StoreException or SnapshotException or IOException or UnauthorizedAccessException => error.Message,
        _ => null,
    };

    private static int Say(ToolConsole console, string text, int exitCode)
    {
        console.Error.WriteLine($"sluice: {LogText.Escape(text)}");
        return exitCode;
    }
}
