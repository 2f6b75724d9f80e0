using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Sluice.Tests;

/// <summary>The program <c>dot</c>, which draws graphs.</summary>
internal static class Graphviz
{
    /// <summary>The graphs as SVG, one document after the other.</summary>
    internal static async Task<string> Draw(string dot)
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var start = new ProcessStartInfo("dot", ["-Tsvg"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = utf8,
            StandardOutputEncoding = utf8,
        };
        using var process = Start(start);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(dot);
        process.StandardInput.Close();
        var svg = await Wait.For(output, "the drawing of dot");

        await Wait.For(process.WaitForExitAsync(), "the end of dot");
        Assert.True(process.ExitCode == 0, await Wait.For(error, "the messages of dot"));
        return svg;
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw new InvalidOperationException("The program 'dot' of Graphviz is missing; on Debian: apt-get install graphviz", error);
        }
    }
}
