using System.Diagnostics;

namespace Sluice.Tests;

/// <summary>The sessions sample against the same computed in another way: all lines at once, in another language.</summary>
[Trait("Category", "Samples")]
[Collection("Programs")]
[Trait("Configuration", "Release")]
public sealed class SessionsSampleTests : IDisposable
{
    /// <summary>Sorts what is not late, cuts each visitor's requests at the gaps, and sorts the sessions by their last request.</summary>
    private const string Script = """
        import re, sys
        from datetime import datetime, timedelta, timezone
        gap, lateness = (timedelta(minutes=int(a)) for a in sys.argv[2:])
        newest, late, bad, total, rows = None, 0, 0, 0, {}
        for number, line in enumerate(open(sys.argv[1])):
            total += 1
            found = re.match(r'(\S+) .*?\[(.*?)\] "GET (\S+) HTTP', line)
            if not found:
                bad += 1
                continue
            time = datetime.strptime(found[2], "%d/%b/%Y:%H:%M:%S %z").astimezone(timezone.utc)
            if newest and newest - time > lateness:
                late += 1
                continue
            newest = max(newest or time, time)
            rows.setdefault(found[1], []).append((time, number, found[3]))
        sessions = []
        for visitor, row in rows.items():
            row.sort()
            cuts = [0] + [i for i in range(1, len(row)) if row[i][0] - row[i - 1][0] >= gap] + [len(row)]
            sessions += [(row[a:b][-1][:2], visitor, row[a:b]) for a, b in zip(cuts, cuts[1:])]
        for _, visitor, row in sorted(sessions):
            seconds = int((row[-1][0] - row[0][0]).total_seconds())
            print(visitor, row[0][0].strftime("%Y-%m-%dT%H:%M:%SZ"),
                f"{seconds // 3600}:{seconds % 3600 // 60:02}:{seconds % 60:02}", len(row), row[0][2], row[-1][2])
        print(f"{total} lines, {len(sessions)} sessions, {late} late lines dropped, {bad} bad lines skipped", file=sys.stderr)
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Without_arguments_it_prints_the_sessions_of_the_small_log()
    {
        var expected = await Python(Repository.PathOf("samples", "data", "visits-log"), 30, 5);

        var run = await FileBasedProgram.Run("samples/sessions.cs");

        Assert.Equal(expected, run);
        Assert.Contains(", 2 late lines dropped, 0 bad", run.Error, StringComparison.Ordinal);
        Assert.Contains("203.0.113.9 2026-11-23T09:00:00Z 0:00:00 1 / /\n", run.Output, StringComparison.Ordinal); // half an hour later the next one begins
        Assert.Contains("203.0.113.9 2026-11-23T09:30:00Z 0:29:59 2 /docs/ /download.html\n", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 30, 5)]
    [InlineData(2, 3, 0)]
    [InlineData(3, 2000, 60)]
    public Task Any_log_gives_what_another_computation_gives(int seed, int gap, int lateness) => Seed.Run(seed, async random =>
    {
        var log = Log(random);
        var expected = await Python(log, gap, lateness);

        var run = await FileBasedProgram.Run("samples/sessions.cs", log, "--gap", $"{gap}", "--lateness", $"{lateness}", "--skip-bad");

        Assert.Equal(expected, run);
    });

    [Fact]
    public Task It_reads_standard_input() => Seed.Run(4, async random =>
    {
        var (log, empty) = (Log(random), _folder.Write("empty", ""));

        Assert.Equal(await Python(log, 30, 5), await FileBasedProgram.RunFrom(log, "samples/sessions.cs", arguments: "- --skip-bad"));
        Assert.Equal(await Python(empty, 30, 5), await FileBasedProgram.RunFrom(empty, "samples/sessions.cs", arguments: "-"));
    });

    [Fact]
    public async Task A_bad_line_ends_it_with_the_number_of_the_line_after_the_sessions_that_were_over()
    {
        var log = _folder.Write("bad", string.Concat(new[] { "01/Jan/2026:08", "01/Jan/2026:10", "01/Jan/2026:12", "32/Jan/2026:14" }.Select(time => $"10.0.0.1 - - [{time}:00:00 +0000] \"GET / HTTP/1.1\" 200 1\n")));

        var run = await FileBasedProgram.Run("samples/sessions.cs", log);

        Assert.Equal("10.0.0.1 2026-01-01T08:00:00Z 0:00:00 1 / /\n10.0.0.1 2026-01-01T10:00:00Z 0:00:00 1 / /\n", run.Output);
        Assert.Equal($"sessions: {log}: line 4 is not one of an access log: '10.0.0.1 - - [32/Jan/2026:14:00:00 +0000] \"GET / HTTP/1.1\" 2...'\n", run.Error);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public Task As_a_job_that_is_killed_while_the_log_grows_it_writes_each_session_once() => Seed.Run(5, async random =>
    {
        const int Kills = 5;
        var whole = await File.ReadAllTextAsync(Log(random)) + "10.0.0.99 - - [01/Jan/2027:00:00:00 +0000] \"GET / HTTP/1.1\" 200 5\n"; // a year later all other sessions are over
        var expected = (await Python(_folder.Write("whole", whole), 30, 5)).Output.Split('\n')[..^2];
        var (log, output, sample) = (_folder.Write("growing", ""), _folder.PathOf("sessions.txt"), await ProgramSet.Samples.ExecutableOfAsync("sessions"));
        string[] arguments = [log, "--skip-bad", "--durable", _folder.PathOf("sessions.db"), "--output", output];
        for (var (run, written) = (0, 0); run <= Kills; run++)
        {
            using var job = FileBasedProgram.Launch(sample, arguments);
            var errors = job.StandardError.ReadLineAsync();
            Assert.StartsWith($"sessions: run {run + 1}, ", await Wait.For(errors), StringComparison.Ordinal);
            var until = run == Kills ? whole.Length : written + random.Next((whole.Length - written) / 3); // also in the middle of a line
            await File.AppendAllTextAsync(log, whole[written..until]);
            written = until;
            if (run < Kills)
            {
                await Task.Delay(random.Next(2000)); // when it is killed decides what it has to do again, and nothing else
                job.Kill();
            }
            else
            {
                while (!File.Exists(output) || (await File.ReadAllLinesAsync(output)).Length < expected.Length)
                {
                    Assert.False(job.HasExited, "It has ended by itself.");
                    await Task.Delay(20);
                }

                using var interrupt = Process.Start("kill", ["-INT", $"{job.Id}"]);
            }

            await Wait.For(job.WaitForExitAsync(), "the sample");
            Assert.True(run < Kills || job.ExitCode == 130, $"exit code {job.ExitCode}");
        }

        Assert.Equal(expected, await File.ReadAllLinesAsync(output));
    });

    [Theory]
    [InlineData("--colour", 2, "Unrecognized option '--colour'")]
    [InlineData("--gap 0", 2, "--gap is a whole number of minutes from 1 on, not '0'")]
    [InlineData("--lateness long", 2, "--lateness is a whole number of minutes from 0 on, not 'long'")]
    [InlineData("no-such-log", 1, "Could not find file")]
    [InlineData("samples", 1, "samples")]
    public async Task It_says_in_one_line_what_is_wrong(string arguments, int exitCode, string says)
    {
        var run = await FileBasedProgram.Run("samples/sessions.cs", arguments.Split(' '));

        Assert.Equal((exitCode, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("sessions: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    /// <summary>A thousand lines of twenty visitors over some days, some lines out of order, a few bad ones.</summary>
    private string Log(Random random)
    {
        var time = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var lines = new List<string>();
        for (var i = 0; i < 1000; i++)
        {
            time = time.AddSeconds(random.Next(random.Next(20) == 0 ? 4000 : 200));
            var written = time.AddSeconds(random.Next(5) == 0 ? -random.Next(600) : 0).AddHours(1);
            lines.Add(random.Next(100) == 0
                ? new string('x', random.Next(3))
                : FormattableString.Invariant($"10.0.0.{random.Next(20)} - j doe [{written:dd/MMM/yyyy:HH:mm:ss} +0100] \"GET /{random.Next(10)} HTTP/1.1\" 200 5 \"-\" \"[a] \\\"b\\\"\""));
        }

        return _folder.Write("log", string.Join('\n', lines) + '\n');
    }

    private static async Task<FileBasedProgram.Outcome> Python(string log, int gap, int lateness)
    {
        using var python = Process.Start(new ProcessStartInfo("python3", ["-c", Script, log, $"{gap}", $"{lateness}"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = python.StandardError.ReadToEndAsync();
        var output = await python.StandardOutput.ReadToEndAsync();
        await Wait.For(python.WaitForExitAsync(), "python3");
        return new(python.ExitCode, output, await error);
    }
}
