using System.IO.Compression;
using System.Xml.Linq;

namespace Sluice.Tests;

/// <summary>The library as packages: what they ask for, and a program that has them and not the projects.</summary>
[Trait("Category", "Samples")]
[Trait("Configuration", "Release")]
public sealed class PackageTests : IClassFixture<PackageTests.Feed>
{
    private const string Version = "0.1.0-test";

    private readonly Feed _feed;

    public PackageTests(Feed feed) => _feed = feed;

    [Fact]
    public void A_package_asks_for_exactly_the_version_of_the_others_that_it_was_built_with()
    {
        var asked = Feed.Projects.SelectMany(project => _feed.DependenciesOf(project).Select(dependency => $"{project} -> {dependency}")).Order(StringComparer.Ordinal);

        Assert.Equal(
            [
                $"Sluice.All -> Sluice [{Version}]", $"Sluice.All -> Sluice.Durable [{Version}]", $"Sluice.All -> Sluice.Events [{Version}]", $"Sluice.All -> Sluice.Loop [{Version}]",
                $"Sluice.All -> Sluice.Portability [{Version}]", $"Sluice.All -> Sluice.Remote [{Version}]", $"Sluice.All -> Sluice.Sqlite [{Version}]",
                $"Sluice.Durable -> Sluice.Portability [{Version}]",
                $"Sluice.Events -> Sluice [{Version}]", $"Sluice.Expat -> Sluice.Events [{Version}]", $"Sluice.Loop -> Sluice [{Version}]",
                $"Sluice.Portability -> Sluice [{Version}]", "Sluice.PostgreSql -> Npgsql 10.0.3", $"Sluice.PostgreSql -> Sluice.Durable [{Version}]", $"Sluice.Remote -> Sluice.Portability [{Version}]",
                "Sluice.Sqlite -> Microsoft.Data.Sqlite 10.0.11", $"Sluice.Sqlite -> Sluice.Durable [{Version}]",
            ],
            asked);
    }

    [Fact]
    public void A_package_with_code_has_its_documentation() => Assert.All(
        Feed.Projects.Except(["Sluice.All"]), project => Assert.Contains($"lib/net10.0/{project}.xml", _feed.FilesOf(project)));

    [Fact]
    public void The_package_of_all_has_no_code() => Assert.DoesNotContain(_feed.FilesOf("Sluice.All"), static file => file.EndsWith(".dll", StringComparison.Ordinal));

    [Fact]
    public async Task A_program_with_the_packages_captures_the_librarys_types_and_has_workers()
    {
        var program = _feed.Write("program.cs", $$"""
            #:package Sluice.All@{{Version}}
            #:package Sluice.Expat@{{Version}}
            #:property PublishAot=false
            #:property RestorePackagesPath={{_feed.PathOf("cache")}}
            using System.Text;
            using Sluice;

            var document = Encoding.UTF8.GetBytes("<a><b>text</b></a>");
            var events = await Expat.Read(new MemoryStream(document)).To(Sink.ToList<XmlEvent>()).RunAsync();
            await using var target = Target.Start<int>(items => Remember(items, events[2]));
            await target.SendAsync(1);
            var bytes = (await target.SnapshotAsync()).ToBytes();
            await CoroutineSnapshot.Parse(bytes).Resume<int>().SendAsync(2);

            var starts = await Source.From(events).On(Env.Process(new ProcessOptions { StartupTimeout = TimeSpan.FromMinutes(2) })).Where(e => e.Kind == XmlEventKind.Start).On(Env.Caller).To(Sink.ToList<XmlEvent>()).RunAsync();
            Console.WriteLine(string.Join(' ', starts.Select(e => e.Name)));

            await using var session = await Checkpoints.Sqlite("{{_feed.PathOf("checkpoints.db")}}").OpenAsync("job");
            Console.WriteLine(session.Epoch);

            static async Coroutine Remember(Inbox<int> items, XmlEvent kept)
            {
                await foreach (var item in items)
                {
                    Console.WriteLine($"{item} {kept.Text}");
                }
            }
            """);

        var run = await FileBasedProgram.Run(program);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.Equal("1 text\n2 text\na b\n1\n", run.Output);
    }

    /// <summary>The packages in a folder, with a configuration that knows no other place for them. What they depend on was restored when they were built.</summary>
    public sealed class Feed : IAsyncLifetime, IDisposable
    {
        internal static readonly string[] Projects = ["Sluice", "Sluice.Events", "Sluice.Expat", "Sluice.Loop", "Sluice.Portability", "Sluice.Remote", "Sluice.Durable", "Sluice.Sqlite", "Sluice.PostgreSql", "Sluice.All"];

        private readonly TemporaryFolder _folder = new();

        public async Task InitializeAsync()
        {
            // Built once more and elsewhere: a package has documentation files, which other tests build without, and a version of its own.
            var all = Write("packages.slnx", $"<Solution>\n{string.Concat(Projects.Select(static project => $"  <Project Path=\"{Repository.PathOf("src", project, project + ".csproj")}\" />\n"))}</Solution>\n");
            var pack = await FileBasedProgram.Start("dotnet", [
                "pack", all, "--artifacts-path", _folder.PathOf("artifacts"), "--output", _folder.PathOf("feed"), $"-p:Version={Version}", "-p:RunAnalyzers=false"]);
            Assert.True(pack.ExitCode == 0, pack.Output + pack.Error);

            Write("nuget.config", $"""
                <configuration>
                  <packageSources>
                    <clear />
                    <add key="built" value="{PathOf("feed")}" />
                  </packageSources>
                  <fallbackPackageFolders>
                    <add key="restored" value="{Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages")}" />
                  </fallbackPackageFolders>
                </configuration>
                """);
        }

        public Task DisposeAsync() => Task.CompletedTask;

        public void Dispose() => _folder.Dispose();

        internal string PathOf(string name) => _folder.PathOf(name);

        internal string Write(string name, string text) => _folder.Write(name, text);

        internal IReadOnlyList<string> FilesOf(string package)
        {
            using var archive = ZipFile.OpenRead(ArchiveOf(package));
            return [.. archive.Entries.Select(static entry => entry.FullName)];
        }

        internal IEnumerable<string> DependenciesOf(string package)
        {
            using var archive = ZipFile.OpenRead(ArchiveOf(package));
            using var specification = archive.GetEntry(package + ".nuspec")!.Open();
            return XDocument.Load(specification).Descendants().Where(static element => element.Name.LocalName == "dependency")
                .Select(static element => $"{element.Attribute("id")!.Value} {element.Attribute("version")!.Value}").ToList();
        }

        private string ArchiveOf(string package) => Path.Combine(_folder.PathOf("feed"), $"{package}.{Version}.nupkg");
    }
}
