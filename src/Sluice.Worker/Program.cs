using System.CommandLine;
using Sluice.Worker;

var root = new RootCommand("Hosts parts of Sluice pipelines that run elsewhere.") { ListenCommand.Create() };
var found = root.Parse(args);
if (found.Errors is [var wrong, ..])
{
    return Say($"{wrong.Message} See --help.", exitCode: 2);
}

try
{
    // The worker ends in its own way at a signal, and takes the time that this takes.
    return await found.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (UsageException error)
{
    return Say($"{error.Message} See --help.", exitCode: 2);
}
catch (ToolException error)
{
    return Say(error.Message, exitCode: 1);
}

static int Say(string error, int exitCode)
{
    Console.Error.WriteLine($"Sluice.Worker: {LogText.Escape(error)}");
    return exitCode;
}
