using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Sluice.Tests;

/// <summary>The page about durable runs says of each source and each sink of the library what happens at a crash.</summary>
public sealed partial class DurablePageTests
{
    private static readonly Lazy<IReadOnlyList<MethodInfo>> s_factories = new(static () => [.. (
        from file in Directory.GetFiles(AppContext.BaseDirectory, "Sluice*.dll")
        where !Path.GetFileName(file).Contains("Test", StringComparison.Ordinal) && !Path.GetFileName(file).Contains("Contracts", StringComparison.Ordinal)
        from type in Assembly.Load(Path.GetFileNameWithoutExtension(file)).GetExportedTypes()
        where type is { IsAbstract: true, IsSealed: true } // static; operators on what is there already are extension methods
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Static)
        where !method.Name.StartsWith("op_", StringComparison.Ordinal) && !method.IsDefined(typeof(ExtensionAttribute), inherit: false)
        select method)]);

    [Fact]
    public void Rule_16_Each_sink_is_in_the_table_of_sinks()
    {
        var named = NamesIn("Sinks");
        var sinks = s_factories.Value.Where(static method => Is(method, typeof(Sink<>)) || Is(method, typeof(Sink<,>))).Select(static method => method.Name).ToHashSet();

        Assert.Superset(new HashSet<string> { "ForEach", "SqliteInsert", "PostgreSqlUpsert", "Staged" }, sinks);
        Assert.DoesNotContain(sinks, sink => !named.Contains(sink) && !named.Contains($"Sink.{sink}"));
    }

    [Fact]
    public void Rule_17_Each_source_is_in_one_of_the_tables_of_sources()
    {
        var named = NamesIn("Sources with a position");
        var sources = s_factories.Value.Where(static method => Is(method, typeof(Source<>))).Select(static method => $"{(method.DeclaringType!.Name.EndsWith("Sources", StringComparison.Ordinal) ? "Source" : method.DeclaringType.Name)}.{method.Name}").ToHashSet();

        Assert.Superset(new HashSet<string> { "Source.Lines", "Source.SqliteRows", "Source.PostgreSqlRows", "Expat.Read", "LogEvents.Read" }, sources);
        Assert.Empty(sources.Except(named));
    }

    private static bool Is(MethodInfo method, Type type) => method.ReturnType.IsGenericType && method.ReturnType.GetGenericTypeDefinition() == type;

    /// <summary>The names in the tables of a section, such as <c>ForEach</c> and <c>Source.Lines</c>.</summary>
    private static HashSet<string> NamesIn(string section)
    {
        var text = Regex.Match(File.ReadAllText(Repository.PathOf("docs", "durable.md")), $"\n### {Regex.Escape(section)}\n(.*?)\n##", RegexOptions.Singleline).Groups[1].Value;
        Assert.NotEmpty(text);
        return [.. text.Split('\n').Where(static line => line.StartsWith('|')).SelectMany(static line => Code().Matches(line)).SelectMany(static code => Name().Matches(code.Groups[1].Value)).Select(static name => name.Value)];
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\w+(\.\w+)?")]
    private static partial Regex Name();
}
