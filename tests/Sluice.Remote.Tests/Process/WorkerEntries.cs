using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Sluice.Tests;

/// <summary>The methods that workers of the tests run; the tests exchange lines of text with them.</summary>
internal static class WorkerEntries
{
    internal const int SecretCode = 7;

    /// <summary>The file into which a start-up hook of the tests writes.</summary>
    internal const string SeenByHook = "Sluice.Tests.Hook";

    /// <summary>Answers each line with the value of an expression that it knows.</summary>
    internal static void Answer(Socket socket)
    {
        using var reader = new StreamReader(new NetworkStream(socket));
        while (reader.ReadLine() is { } question)
        {
            var words = question.Split(' ', 2);
            Say(socket, words[0] switch
            {
                "id" => Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
                "variable" => Environment.GetEnvironmentVariable(words[1]) ?? "(none)",
                "native-variable" => Shell($"echo \"${{{words[1]}-(none)}}\""),
                "folder" => Environment.CurrentDirectory,
                "arguments" => string.Join('|', Environment.GetCommandLineArgs()[1..]),
                "memory" => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes.ToString(CultureInfo.InvariantCulture),
                "niceness" => string.Join(' ', Directory.GetDirectories("/proc/self/task").Select(task => NicenessOf(task)).Distinct()),
                "input" => Console.OpenStandardInput().ReadByte().ToString(CultureInfo.InvariantCulture),
                "hook" => AppContext.GetData(SeenByHook) as string ?? "(not called)",
                "hooks" => AppContext.GetData("STARTUP_HOOKS") as string ?? "(none)",
                _ => throw new InvalidOperationException(question),
            });
        }
    }

    internal static void Fail(Socket socket) => throw new InvalidDataException($"There is {socket.AddressFamily} in my soup.");

    internal static void EndWithCode(Socket socket) => Environment.ExitCode = SecretCode;

    /// <summary>Never ends, and heeds nothing.</summary>
    internal static void Spin(Socket socket)
    {
        Say(socket, "spinning");
        for (var i = 0; ; i++)
        {
            GC.KeepAlive(i);
        }
    }

    /// <summary>Starts another process, says its number, and waits until it is asked to end.</summary>
    internal static void StartAnother(Socket socket)
    {
        using var other = System.Diagnostics.Process.Start("sleep", "1000");
        Say(socket, other.Id.ToString(CultureInfo.InvariantCulture));
        _ = socket.Receive(new byte[1]);
    }

    internal static void Say(Socket socket, string line) => socket.Send(Encoding.UTF8.GetBytes(line + '\n'));

    internal static async Task<string> HearAsync(WorkerProcess worker)
    {
        using var reader = new StreamReader(new NetworkStream(worker.Socket), bufferSize: 1);
        return await Wait.For(reader.ReadLineAsync(), $"a line of {worker}") ?? throw new EndOfStreamException($"{worker} says nothing more.");
    }

    internal static async Task<string> AskAsync(WorkerProcess worker, string question)
    {
        Say(worker.Socket, question);
        return await HearAsync(worker);
    }

    /// <summary>Waits for the end of a process that may be no one's child.</summary>
    internal static async Task EndOf(int id)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(id);
            await Wait.For(process.WaitForExitAsync(), $"the end of process {id}");
        }
        catch (ArgumentException)
        {
            // It is not there any more.
        }
    }

    private static string NicenessOf(string task)
    {
        var stat = File.ReadAllText(Path.Combine(task, "stat"));
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[16];
    }

    private static string Shell(string command)
    {
        using var shell = System.Diagnostics.Process.Start(new ProcessStartInfo("bash", ["-c", command]) { RedirectStandardOutput = true })!;
        return shell.StandardOutput.ReadToEnd().TrimEnd();
    }
}
