namespace Sluice.Tests;

/// <summary>A program that has workers, as text. It has the name of the tests' assembly, since it uses what the library keeps to itself.</summary>
internal static class WorkerSampleProgram
{
    internal static string Text { get; } = $$"""
        #:project {{Repository.PathOf("src", "Sluice.All", "Sluice.All.csproj")}}
        #:property PublishAot=false
        #:property AssemblyName=Sluice.Remote.Tests
        #:property SelfContained=false

        using System.Diagnostics;
        using System.Globalization;
        using System.Net.Sockets;
        using Sluice;

        var own = new ProcessOptions { StartupTimeout = TimeSpan.FromMinutes(2), Executable = Environment.GetEnvironmentVariable("OTHER_PROGRAM") };
        foreach (var argument in args.Skip(1))
        {
            own.Arguments.Add(argument);
        }

        if (args.Length > 0 && args[0] == "base")
        {
            Console.WriteLine(AppContext.BaseDirectory);
            return;
        }

        // A worker that gets here does the work of Main again: it must not.
        var nothing = Source.From(Array.Empty<int>());
        Console.WriteLine("Main");
        switch (args[0])
        {
            case "call":
                await using (var worker = await WorkerProcess.StartAsync(own, Entry, default))
                {
                    Say(worker.Socket, 41);
                    Console.WriteLine($"Answer {Hear(worker.Socket)}");
                }

                break;

            case "pipeline":
                CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = new("fr-FR");
                var options = new ProcessOptions { StartupTimeout = TimeSpan.FromMinutes(2), Environment = { ["LC_ALL"] = "de_DE.UTF-8" } };
                var found = await Source.From([1, 2]).On(Env.Process(options)).Select(n => $"{n} {CultureInfo.CurrentCulture.Name} {1.5} '{Console.In.ReadToEnd()}'").On(Env.Caller).To(Sink.ToList<string>()).RunAsync();
                Console.WriteLine(string.Join('\n', found));
                break;

            case "hold":
                var held = await WorkerProcess.StartAsync(new() { StartupTimeout = TimeSpan.FromMinutes(2) }, Hold, default);
                Console.WriteLine($"{Environment.ProcessId} {held.Id} {Hear(held.Socket)}");
                Thread.Sleep(Timeout.Infinite);
                break;

            case "loud":
                var loud = await Task.WhenAll(Enumerable.Range(1, 3).Select(number => WorkerProcess.StartAsync(new() { StartupTimeout = TimeSpan.FromMinutes(2), OutputPrefix = $"[{number}] " }, Loud, default)));
                foreach (var worker in loud)
                {
                    var exit = await worker.Exited;
                    Console.WriteLine($"exit {exit.ExitCode}");
                    await worker.DisposeAsync();
                }

                break;

            case "many":
                await Batch(10);
                var before = Counts();
                await Batch(60);
                var after = Counts();
                Console.WriteLine($"descriptors {after.Descriptors - before.Descriptors}");
                Console.WriteLine($"threads {after.Threads - before.Threads}");
                Console.WriteLine($"files {string.Join(' ', Directory.GetFileSystemEntries(Path.GetTempPath()).Where(path => !path.Contains($"-{Environment.ProcessId}-")))}");
                Console.WriteLine($"children {File.ReadAllText($"/proc/self/task/{Environment.ProcessId}/children").Trim()}");
                break;
        }

        static void Entry(Socket socket)
        {
            Console.WriteLine("in the worker");
            Console.Error.Write("no line");
            Say(socket, Hear(socket) + 1);
        }

        static void Hold(Socket socket)
        {
            using var other = Process.Start("sleep", "1000");
            Say(socket, other.Id);
            while (true)
            {
                GC.KeepAlive(other);
            }
        }

        static void Loud(Socket socket)
        {
            var (output, error) = (Console.OpenStandardOutput(), Console.OpenStandardError());
            for (var number = 0; number < 300; number++)
            {
                foreach (var stream in new[] { output, error })
                {
                    var line = System.Text.Encoding.UTF8.GetBytes($"<{number}:{new string('ö', number * 10)}>\n");
                    stream.Write(line.AsSpan(0, line.Length / 2));
                    stream.Write(line.AsSpan(line.Length / 2));
                }
            }
        }

        // Each in its own way: asked, killed, failed to start, cancelled, ended by itself.
        static async Task Batch(int count)
        {
            for (var number = 0; number < count; number++)
            {
                using var soon = new CancellationTokenSource();
                var start = number % 5 == 2
                    ? WorkerProcess.StartAsync(new() { Executable = "false" }, Entry, default)
                    : WorkerProcess.StartAsync(new() { StartupTimeout = TimeSpan.FromMinutes(2) }, Quiet, soon.Token);
                if (number % 5 == 3)
                {
                    await soon.CancelAsync();
                }

                try
                {
                    await using var worker = await start;
                    switch (number % 5)
                    {
                        case 1:
                            worker.Kill();
                            break;
                        case 4:
                            worker.Socket.Dispose();
                            await worker.Exited;
                            break;
                    }
                }
                catch (Exception error) when (error is OperationCanceledException or WorkerLostException)
                {
                }
            }
        }

        static void Quiet(Socket socket) => Hear(socket);

        static (int Descriptors, int Threads) Counts()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();

            // The runtime keeps assemblies open from when it first needs them.
            return (Directory.GetFiles("/proc/self/fd").Count(file => new FileInfo(file).LinkTarget is { } target && !target.EndsWith(".dll")), Directory.GetDirectories("/proc/self/task").Length);
        }

        static void Say(Socket socket, int number) => socket.Send(BitConverter.GetBytes(number));

        static int Hear(Socket socket)
        {
            var bytes = new byte[4];
            return socket.Receive(bytes) == 0 ? -1 : BitConverter.ToInt32(bytes);
        }
        """;
}
