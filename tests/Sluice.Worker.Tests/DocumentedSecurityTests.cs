using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace Sluice.Tests;

/// <summary>The commands of docs/environments.md, from making certificates to running a worker, as they stand there.</summary>
[Trait("Category", "Samples")]
[Collection("Programs")]
[Trait("Configuration", "Release")]
public sealed partial class DocumentedSecurityTests
{
    private static readonly string s_page = File.ReadAllText(Repository.PathOf("docs", "environments.md"));

    [Fact]
    public async Task Certificates_of_an_authority()
    {
        using var folder = new TemporaryFolder();
        await Shell(folder, Block("authority.pem", isListening: false));
        await using var tool = await Listen(folder, Block("--authority", isListening: true));
        var security = new TcpSecurity
        {
            Certificate = X509Certificate2.CreateFromPemFile(folder.PathOf("client.pem"), folder.PathOf("client.key")),
            Authorities = { X509CertificateLoader.LoadCertificateFromFile(folder.PathOf("authority.pem")) },
        };
        Assert.Contains("Certificate = X509Certificate2.CreateFromPemFile(\"client.pem\", \"client.key\"),", s_page, StringComparison.Ordinal);
        Assert.Contains("Authorities = { X509CertificateLoader.LoadCertificateFromFile(\"authority.pem\") },", s_page, StringComparison.Ordinal);

        await AssertRuns(tool, security, new DnsEndPoint("localhost", tool.Address.Port));
    }

    [Fact]
    public async Task Certificates_that_are_known_by_their_fingerprints()
    {
        using var folder = new TemporaryFolder();
        var printed = await Shell(folder, Block("-fingerprint", isListening: false));
        var fingerprints = Printed().Matches(printed).Select(static match => match.Groups[1].Value).ToList();
        Assert.Equal(2, fingerprints.Count);
        await using var tool = await Listen(folder, Block("--trust", isListening: true).Replace("CLIENT-FINGERPRINT", fingerprints[1], StringComparison.Ordinal));
        var security = new TcpSecurity
        {
            Certificate = X509Certificate2.CreateFromPemFile(folder.PathOf("client.pem"), folder.PathOf("client.key")),
            TrustedFingerprints = { fingerprints[0] },
        };
        Assert.Contains("TrustedFingerprints = { \"WORKER-FINGERPRINT\" },", s_page, StringComparison.Ordinal);

        await AssertRuns(tool, security, tool.Address);
    }

    [Fact]
    public async Task A_secret_on_this_host()
    {
        using var folder = new TemporaryFolder();
        await Shell(folder, Block("openssl rand", isListening: false));
        await using var tool = await Listen(folder, Block("--secret-file", isListening: true));
        var secret = (await File.ReadAllTextAsync(folder.PathOf("secret.txt"))).TrimEnd();
        Assert.Contains("Secret = File.ReadAllText(\"secret.txt\").TrimEnd()", s_page, StringComparison.Ordinal);

        await AssertRuns(tool, new TcpSecurity { Secret = secret }, tool.Address);
    }

    private static async Task AssertRuns(WorkerTool tool, TcpSecurity security, EndPoint address)
    {
        Assert.Equal(143, await Wait.For(Source.From(Enumerable.Range(0, 1000)).On(Env.Tcp(address, new() { Security = security })).Where(static n => n % 7 == 0).To(Sink.Count<int>()).RunAsync()));
        await tool.LineAsync("has ended: normally");
    }

    private static string Block(string text, bool isListening) => Commands().Matches(s_page).Select(static block => block.Groups[1].Value)
        .Single(block => block.Contains(text, StringComparison.Ordinal) && block.StartsWith("Sluice.Worker listen", StringComparison.Ordinal) == isListening);

    private static async Task<string> Shell(TemporaryFolder folder, string commands)
    {
        var run = await FileBasedProgram.Start("bash", ["-euc", commands], start => start.WorkingDirectory = folder.PathOf("."));
        Assert.True(run.ExitCode == 0, run.Error + run.Output);
        return run.Output;
    }

    /// <summary>The tool as the page starts it, but for this application and on a free port of loopback.</summary>
    private static Task<WorkerTool> Listen(TemporaryFolder folder, string command)
    {
        string[] words = command.ReplaceLineEndings(" ").Replace("\\", " ", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["Sluice.Worker", "listen", "--app", "bin/App.dll", "--address"], words[..5]);
        string[] files = ["--certificate", "--key", "--authority", "--secret-file"];
        return WorkerTool.StartAsync(
            new Dictionary<string, string>(),
            [.. words[6..].Select((word, i) => files.Contains(words[i + 5]) ? folder.PathOf(word) : word)]);
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Commands();

    [GeneratedRegex("Fingerprint=([0-9A-F:]+)")]
    private static partial Regex Printed();
}
