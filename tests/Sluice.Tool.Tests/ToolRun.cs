using Sluice.Tool;

namespace Sluice.Tests;

/// <summary>One run of the tool in this process, with what it printed.</summary>
internal sealed record ToolRun(int ExitCode, string Output, string Error)
{
    internal static Task<ToolRun> OnFileAsync(string file, params string[] arguments) => RunAsync(["jobs", .. arguments, "--sqlite", file]);

    /// <summary>Runs it to its end.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="input">The standard input, in which someone answers. Default null: no one does.</param>
    /// <param name="isTerminal">Whether the output is one.</param>
    /// <param name="cancellationToken">Stops it as Ctrl+C does.</param>
    internal static async Task<ToolRun> RunAsync(IReadOnlyList<string> arguments, TextReader? input = null, bool isTerminal = false, CancellationToken cancellationToken = default)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var exitCode = await ToolProgram.RunAsync(arguments, new ToolConsole(output, error, input ?? TextReader.Null, isTerminal, IsInputTerminal: input is not null), cancellationToken);
        return new(exitCode, output.ToString().ReplaceLineEndings("\n"), error.ToString().ReplaceLineEndings("\n"));
    }

    /// <summary>It printed nothing but the output.</summary>
    internal string Succeeded()
    {
        Assert.True((ExitCode, Error) == (0, ""), $"{ExitCode}: {Error}{Output}");
        return Output;
    }

    /// <summary>It failed, and said why in one line.</summary>
    internal string Failed(int exitCode = 1)
    {
        Assert.Equal((exitCode, ""), (ExitCode, Output));
        Assert.StartsWith("sluice: ", Error, StringComparison.Ordinal);
        Assert.EndsWith("\n", Error, StringComparison.Ordinal);
        Assert.Equal(1, Error.Count(static character => character == '\n'));
        return Error["sluice: ".Length..^1];
    }
}
