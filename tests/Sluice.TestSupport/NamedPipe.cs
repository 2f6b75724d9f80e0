using System.Diagnostics;
using System.Text;

namespace Sluice.Tests;

/// <summary>A named pipe (mkfifo) in a folder of a test.</summary>
internal static class NamedPipe
{
    internal static async Task<string> MakeAsync(TemporaryFolder folder, string name = "pipe")
    {
        var path = folder.PathOf(name);
        using var make = Process.Start("mkfifo", path);
        await Wait.For(make.WaitForExitAsync(), "mkfifo");
        Assert.Equal(0, make.ExitCode);
        return path;
    }

    /// <summary>Opens the side to write to. The system waits with that until another one opens the side to read from.</summary>
    internal static Task<FileStream> OpenToWriteAsync(string path) =>
        Wait.For(Task.Run(() => new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0)), "a reader of the pipe");

    internal static async Task WriteAllAsync(string path, string text)
    {
        await using var writer = await OpenToWriteAsync(path);
        await writer.WriteAsync(Encoding.UTF8.GetBytes(text));
    }
}
