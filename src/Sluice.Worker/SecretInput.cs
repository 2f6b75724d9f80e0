using System.Text;

namespace Sluice.Worker;

/// <summary>Reads secrets, and keeps them out of messages.</summary>
internal static class SecretInput
{
    internal static string FromFile(string file, Log log)
    {
        string text;
        try
        {
            text = File.ReadAllText(file);
            if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(file).HasFlag(UnixFileMode.OtherRead))
            {
                log.Warning($"Every user of this host can read the secret in '{file}'.");
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"--secret-file '{file}': {error.Message}", error);
        }

        var end = text.EndsWith("\r\n", StringComparison.Ordinal) ? 2 : text.EndsWith('\n') ? 1 : 0;
        return Checked(text[..^end], $"--secret-file '{file}'");
    }

    internal static string FromVariable(string name) => Checked(TakeVariable(name), $"--secret-variable '{name}'");

    /// <summary>Processes that hosted code starts do not inherit it.</summary>
    internal static string TakeVariable(string name)
    {
        var value = Environment.GetEnvironmentVariable(name) ?? throw new ToolException($"There is no environment variable '{name}'.");
        Environment.SetEnvironmentVariable(name, null);
        return value;
    }

    private static string Checked(string secret, string from) => Encoding.UTF8.GetByteCount(secret) >= TcpSecurity.MinSecretBytes
        ? secret
        : throw new ToolException($"{from}: the secret is too short, it needs at least {TcpSecurity.MinSecretBytes} bytes.");
}
