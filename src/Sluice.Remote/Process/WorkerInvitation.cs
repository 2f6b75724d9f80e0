using System.Security.Cryptography;

namespace Sluice;

/// <summary>The data that a worker is started with: where to connect to, and the token by which it is known there. It travels in a variable of the
/// environment, which the worker removes before any other code runs.</summary>
/// <param name="Token">Random bytes.</param>
/// <param name="Path">The path of a Unix-domain socket.</param>
internal sealed record WorkerInvitation(byte[] Token, string Path)
{
    internal const string Variable = "SLUICE_WORKER";
    internal const int TokenLength = 32;

    internal static WorkerInvitation To(string path) => new(RandomNumberGenerator.GetBytes(TokenLength), path);

    internal static WorkerInvitation Parse(string text) =>
        new(Convert.FromHexString(text.AsSpan(0, 2 * TokenLength)), text[(2 * TokenLength)..]);

    /// <summary>Removes the socket and its folder, if they are there.</summary>
    internal void RemoveFolder()
    {
        try
        {
            File.Delete(Path);
            Directory.Delete(System.IO.Path.GetDirectoryName(Path)!);
        }
        catch (DirectoryNotFoundException)
        {
            // Parent or worker has done so already.
        }
    }

    internal string ToText() => Convert.ToHexString(Token) + Path;
}
