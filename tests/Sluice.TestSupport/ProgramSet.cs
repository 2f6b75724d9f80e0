using System.Text;
using System.Text.RegularExpressions;

namespace Sluice.Tests;

/// <summary>Programs of one file that are built together, once for each run of the tests: as projects with the same content, in one
/// call of MSBuild. Building each by <c>dotnet run</c> takes ten times as long.</summary>
/// <param name="name">The name of the folder below the <c>obj</c> of the tests' project that they are built in.</param>
/// <param name="programs">The name and the source file of each program.</param>
internal sealed partial class ProgramSet(string name, IReadOnlyList<(string Name, string File)> programs)
{
#if DEBUG
    internal const string Configuration = "Debug";
#else
    internal const string Configuration = "Release";
#endif

    private readonly Lazy<Task<string>> _folder = new(() => BuildAsync(name, programs));

    /// <summary>The samples of this repository, by their paths in it.</summary>
    internal static ProgramSet Samples { get; } = new("samples", [
        .. Directory.GetFiles(Repository.PathOf("samples"), "*.cs").Order(StringComparer.Ordinal).Select(file => (Path.GetFileNameWithoutExtension(file), file))]);

    /// <summary>Programs whose texts a test has written.</summary>
    internal static ProgramSet Of(string name, IEnumerable<(string Name, string Text)> programs)
    {
        var folder = Directory.CreateDirectory(Path.Combine(FolderOf(name), "sources"));
        return new(name, [.. programs.Select(program => (program.Name, Written(program)))]);

        string Written((string Name, string Text) program)
        {
            var file = Path.Combine(folder.FullName, program.Name + ".cs");
            WriteIfChanged(file, program.Text);
            return file;
        }
    }

    /// <summary>The executable of a program. The first call builds all programs of the set.</summary>
    internal async Task<string> ExecutableOfAsync(string program)
    {
        var output = Path.Combine(await _folder.Value, program, "bin", Configuration, "net10.0");
        return Path.Combine(output, Path.GetFileName(Directory.GetFiles(output, "*.runtimeconfig.json").Single()).Replace(".runtimeconfig.json", "", StringComparison.Ordinal));
    }

    private static string FolderOf(string name) => Path.Combine(Repository.Project, "obj", "programs", Configuration, name);

    private static async Task<string> BuildAsync(string name, IReadOnlyList<(string Name, string File)> programs)
    {
        var folder = FolderOf(name);
        var solution = new StringBuilder("<Solution>\n");
        foreach (var (program, file) in programs)
        {
            Directory.CreateDirectory(Path.Combine(folder, program));
            WriteIfChanged(Path.Combine(folder, program, program + ".csproj"), ProjectOf(file));
            solution.Append($"  <Project Path=\"{program}/{program}.csproj\" />\n");
        }

        WriteIfChanged(Path.Combine(folder, "programs.slnx"), solution.Append("</Solution>\n").ToString());

        // What the programs refer to was built with the tests; building it once more could change files that these have open.
        foreach (var project in (string[])[Repository.PathOf("samples", "shared", "Shared.csproj"), Path.Combine(folder, "programs.slnx")])
        {
            var build = await FileBasedProgram.Start("dotnet", [
                "build", project, "--configuration", Configuration, "--nologo", "-v", "quiet", "-p:BuildProjectReferences=false", "-p:ShouldUnsetParentConfigurationAndPlatform=false", "-p:RunAnalyzers=false"]);
            Assert.True(build.ExitCode == 0, build.Output + build.Error);
        }

        return folder;
    }

    /// <summary>The project that the SDK makes of a file's directives, but for compilation ahead of time.</summary>
    private static string ProjectOf(string file)
    {
        var (properties, items) = (new StringBuilder(), new StringBuilder());
        foreach (Match directive in Directive().Matches(File.ReadAllText(file)))
        {
            var (kind, value) = (directive.Groups[1].Value, directive.Groups[2].Value.Trim());
            _ = kind switch
            {
                "project" => items.Append($"    <ProjectReference Include=\"{Path.GetFullPath(value, Path.GetDirectoryName(file)!)}\" />\n"),
                "package" => items.Append($"    <PackageReference Include=\"{value}\" />\n"),
                "property" => properties.Append($"    <{value.Split('=')[0]}>{value.Split('=')[1]}</{value.Split('=')[0]}>\n"),
                _ => throw new NotSupportedException($"{file}: the directive '{directive.Value.Trim()}' is not known here."),
            };
        }

        return $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <IsPackable>false</IsPackable>
                <EnableDefaultItems>false</EnableDefaultItems>
                <Features>$(Features);FileBasedProgram</Features>
            {properties}  </PropertyGroup>
              <ItemGroup>
                <Compile Include="{file}" />
            {items}  </ItemGroup>
            </Project>

            """;
    }

    private static void WriteIfChanged(string file, string content)
    {
        if (!File.Exists(file) || File.ReadAllText(file) != content)
        {
            File.WriteAllText(file, content);
        }
    }

    [GeneratedRegex(@"^#:(\w+) (.*)$", RegexOptions.Multiline)]
    private static partial Regex Directive();
}
