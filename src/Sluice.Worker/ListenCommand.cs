using System.CommandLine;
using System.Net;

namespace Sluice.Worker;

/// <summary>The command <c>listen</c>: its options, and how they become those of a <see cref="WorkerListener"/>.</summary>
internal static class ListenCommand
{
    private const string Text = """
        Hosts parts of the pipelines of deployed applications, for Env.Tcp, until Ctrl+C or SIGTERM.

        Prints 'listening on ADDRESS' when clients can connect, and tells on standard error what happens: parts that begin and end, clients that are not let in.
        Whoever is let in runs code of the applications in this process, with values of its own. What the parts write to standard output comes out here.
        An application must be built as its clients are (what differs is refused), with the worker's version of Sluice.
        Exit codes: 0 ended by a signal, 1 cannot listen, or parts had to be cut off, 2 wrong usage.

        Example: Sluice.Worker listen --app bin/App.dll --address 0.0.0.0:7070 --certificate worker.pem --key worker.key --authority authority.pem
        """;

    internal static Command Create()
    {
        var apps = new Option<string[]>("--app")
        {
            HelpName = "FILE",
            Description = "The program of an application, App.dll, with all that was built or published beside it. Clients call it by the name of its App.deps.json: App. May be given several times.",
            Required = true,
        };
        var address = new Option<IPEndPoint>("--address")
        {
            HelpName = "HOST:PORT",
            Description = "Where to listen: an IP address ([::1]:7070 for IPv6) or localhost, and a port; 0 lets the system choose one.",
            DefaultValueFactory = static _ => new(IPAddress.Loopback, 7070),
            CustomParser = static result =>
            {
                var text = result.Tokens[0].Value;
                var parsed = ListenAddress.TryParse(text);
                if (parsed is null)
                {
                    result.AddError($"--address '{text}' is not an IP address and a port, like 127.0.0.1:7070.");
                }

                return parsed;
            },
        };
        var security = new SecurityOptions();
        var limits = new LimitOptions();
        var command = new Command("listen", Text) { apps, address };
        security.AddTo(command);
        limits.AddTo(command);
        command.SetAction((found, _) =>
        {
            var where = found.GetValue(address)!;
            security.Check(found, where);
            var log = new Log(Console.Error, TimeProvider.System);
            var options = limits.Read(found, security.Read(found, log), log);
            Host(found.GetValue(apps)!, options);
            return ListenRun.RunAsync(where, options, log);
        });
        return command;
    }

    private static void Host(IEnumerable<string> programs, WorkerListenerOptions options)
    {
        options.Applications.Clear(); // this tool is none
        foreach (var application in programs.Select(HostedApplication.Load))
        {
            if (!options.Applications.TryAdd(application.Name, application.Snapshots))
            {
                throw new ToolException($"Two applications are called '{application.Name}'.");
            }
        }
    }
}
