using System.Reflection;
using PublicApiGenerator;
using Sluice.Durable;

namespace Sluice.Tests;

public sealed class PublicApiTests
{
    /// <summary>Every assembly of the library that users refer to, by a type in it.</summary>
    private static readonly string[] s_assemblies =
        [.. new[] { typeof(Pipeline), typeof(XmlEvents), typeof(Expat), typeof(EventLoop), typeof(CoroutineSnapshot), typeof(WorkerListener), typeof(CheckpointStore), typeof(SqliteStoreOptions), typeof(PostgreSqlStoreOptions) }.Select(static type => type.Assembly.GetName().Name!)];

    internal static string[] Libraries => s_assemblies;

    public static TheoryData<string> Assemblies => [.. s_assemblies];

    /// <summary>A change of the public API is a decision: it shows in the approved text. The text that was found lies beside
    /// it after a failure, to be looked at and moved over it.</summary>
    [Theory]
    [MemberData(nameof(Assemblies))]
    public async Task The_public_API_is_the_approved_one(string assembly)
    {
        var approved = Repository.PathOf("tests", "Sluice.Repository.Tests", "PublicApi", assembly + ".approved.txt");
        var found = Assembly.Load(assembly).GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false }).ReplaceLineEndings("\n") + "\n";

        if (!File.Exists(approved) || await File.ReadAllTextAsync(approved) != found)
        {
            await File.WriteAllTextAsync(Repository.PathOf("tests", "Sluice.Repository.Tests", "PublicApi", assembly + ".found.txt"), found);
            Assert.Fail($"The public API of {assembly} differs from {approved}. Compare it with {assembly}.found.txt.");
        }
    }

    [Fact]
    public void Every_assembly_of_the_library_has_an_approved_text()
    {
        var projects = Directory.GetDirectories(Repository.PathOf("src"), "Sluice*").Select(static folder => Path.GetFileName(folder)!).Except(["Sluice.All", "Sluice.Tool", "Sluice.Worker"]);

        Assert.Equal(projects.Order(StringComparer.Ordinal), s_assemblies.Order(StringComparer.Ordinal));
    }
}
