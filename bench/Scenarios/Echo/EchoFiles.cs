using System.Runtime.CompilerServices;

namespace Sluice.Bench;

/// <summary>The folder <c>bench/echo</c>: clients and servers in other languages.</summary>
internal static class EchoFiles
{
    internal static string PathOf(string file) => Path.GetFullPath(Path.Combine(ThisFolder(), "..", "..", "echo", file));

    private static string ThisFolder([CallerFilePath] string thisFile = "") => Path.GetDirectoryName(thisFile)!;
}
