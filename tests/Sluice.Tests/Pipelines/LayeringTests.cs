using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Sluice.Tests;

/// <summary>Who may know whom, read from the source text.</summary>
public sealed partial class LayeringTests
{
    private static readonly string[] s_someInternals =
        ["NodePort", "Node", "Run", "Strand", "SourcePoint", "SinkPoint", "CoroutineSpec", "OperatorSpec", "NodeSpec", "PendingSend", "EdgeTarget", "SourceRun"];

    [Fact]
    public void Operators_use_only_the_public_API()
    {
        var internals = InternalTypes();
        Assert.Superset(s_someInternals.ToHashSet(), internals);
        Assert.InRange(Repository.Sources("Pipelines/Operators").Count, 7, 1000);

        Assert.Empty(Mentions("Pipelines/Operators", internals));
    }

    [Fact]
    public void Coroutines_know_nothing_of_pipelines_and_XML()
    {
        var upper = DeclaredTypes("Pipelines").Concat(DeclaredTypes("Xml")).ToHashSet();
        Assert.Superset(new HashSet<string> { "Pipeline", "Source", "Sink", "Stage", "Operator", "NodePort", "Run", "XmlEvent", "XmlEvents" }, upper);
        Assert.InRange(Repository.Sources("Coroutines").Count, 10, 1000);

        Assert.Empty(Mentions("Coroutines", upper));
    }

    [Fact]
    public void Pipelines_know_nothing_of_events()
    {
        HashSet<string> events = [.. DeclaredTypes("Xml"), .. DeclaredTypes("Json"), .. DeclaredTypes("Logs")];
        Assert.Superset(new HashSet<string> { "XmlEvents", "JsonEvents", "LogEvents" }, events);

        Assert.Empty(Mentions("Pipelines", events));
    }

    [Fact]
    public void Coroutines_know_nothing_of_where_they_run_but_their_strands_host()
    {
        var places = DeclaredTypes("Environments").ToHashSet();
        Assert.Superset(new HashSet<string> { "Env", "Inlet", "Segment", "Connection", "ThreadHost" }, places);

        Assert.Empty(Mentions("Coroutines", places));
    }

    [Fact]
    public void Connections_and_worker_processes_know_nothing_of_pipelines()
    {
        // Those whose names are not also those of other things.
        HashSet<string> upper = ["Pipeline", "PipelineGraph", "GraphNode", "NodeSpec", "NodePort", "EdgeType", "Segment", "SegmentPlan", "SegmentedRun", "ISegmentRun", "Inlet", "Outlet", "Channels", "RemoteSegment", "HostedSegment", "RemoteInlet", "RemoteOutlet", "WorkerListener", "TcpSegment"];
        Assert.Subset(DeclaredTypes("Pipelines").Concat(DeclaredTypes("Environments")).ToHashSet(), upper);

        Assert.Empty(Mentions("Environments/Wire", upper));
        Assert.DoesNotContain(Mentions("Environments/Process", upper), static mention => !JoinsProcesses().IsMatch(mention));
    }

    [Fact]
    public void Snapshots_know_nothing_of_environments()
    {
        Assert.Empty(Mentions("Portability", DeclaredTypes("Environments").ToHashSet()));
    }

    [Fact]
    public void The_core_depends_on_no_package()
    {
        var project = XDocument.Load(Path.Combine(Repository.Root, "src", "Sluice", "Sluice.csproj"));

        Assert.Contains(project.Descendants(), element => element.Name.LocalName == "PropertyGroup");
        Assert.DoesNotContain(project.Descendants(), element => element.Name.LocalName is "PackageReference" or "ProjectReference" or "Reference");
    }

    [Fact]
    public void The_search_sees_types_in_code_and_not_in_comments_texts_and_calls()
    {
        HashSet<string> names = ["Run"];
        Assert.Equal(
            ["a.cs: Run", "b.cs: Run", "c.cs: Run"],
            new[] { ("a.cs", "Run run;"), ("b.cs", "new Run(1)"), ("c.cs", "List<Run>"), ("d.cs", "/// Run it"), ("e.cs", "x.Run(); Run();"), ("f.cs", "throw E(\"Run\");") }
                .SelectMany(file => MentionsIn(file.Item1, file.Item2, names)));
    }

    /// <summary>Every type of the library that its users cannot see.</summary>
    private static HashSet<string> InternalTypes() => [.. typeof(Source).Assembly.GetTypes()
        .Where(type => !type.IsVisible && !type.IsNested && !type.IsDefined(typeof(CompilerGeneratedAttribute), false) && type.Namespace == nameof(Sluice))
        .Select(type => type.Name.Split('`')[0])];

    private static IEnumerable<string> DeclaredTypes(string folder) => Repository.Sources(folder)
        .SelectMany(file => Declaration().Matches(CodeOf(File.ReadAllText(file))))
        .Select(match => match.Groups[1].Value);

    private static IEnumerable<string> Mentions(string folder, HashSet<string> names) =>
        Repository.Sources(folder).SelectMany(file => MentionsIn(Path.GetFileName(file), File.ReadAllText(file), names));

    private static IEnumerable<string> MentionsIn(string file, string text, HashSet<string> names) => Identifier().Matches(CodeOf(text))
        .Where(match => names.Contains(match.Groups[2].Value) && (match.Groups[1].Success || !match.Groups[3].Success))
        .Select(match => $"{file}: {match.Groups[2].Value}")
        .Distinct();

    private static string CodeOf(string text) => CommentOrText().Replace(text, " ");

    /// <summary>What makes an environment of worker processes.</summary>
    [GeneratedRegex("^Process(Env|PoolEnv|Segment)")]
    private static partial Regex JoinsProcesses();

    [GeneratedRegex("""//[^\n]*|/\*.*?\*/|\$?@?"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])'""", RegexOptions.Singleline)]
    private static partial Regex CommentOrText();

    /// <summary>A name, whether it stands behind new, and whether it is called like a method. Members are left out.</summary>
    [GeneratedRegex("""(?<![\w.])(new\s+)?(?<!\w)([A-Za-z_]\w*)(\s*\()?""")]
    private static partial Regex Identifier();

    [GeneratedRegex("""\b(?:class|struct|interface|enum|record(?:\s+struct|\s+class)?)\s+([A-Z]\w*)""")]
    private static partial Regex Declaration();
}
