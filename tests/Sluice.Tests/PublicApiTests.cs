using PublicApiGenerator;

namespace Sluice.Tests;

public sealed class PublicApiTests
{
    /// <summary>A change of the public API is a decision: it shows in the approved text. The text that was found lies beside
    /// it after a failure, to be looked at and moved over it.</summary>
    [Fact]
    public async Task The_public_API_is_the_approved_one()
    {
        var approved = Repository.PathOf("tests", "Sluice.Tests", "PublicApi.approved.txt");
        var found = typeof(Pipeline).Assembly.GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false }).ReplaceLineEndings("\n") + "\n";

        if (!File.Exists(approved) || await File.ReadAllTextAsync(approved) != found)
        {
            await File.WriteAllTextAsync(Path.ChangeExtension(approved, null) + ".found.txt", found);
            Assert.Fail($"The public API differs from {approved}. Compare it with PublicApi.approved.found.txt.");
        }
    }
}
