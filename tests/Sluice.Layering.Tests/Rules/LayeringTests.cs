using System.Runtime.InteropServices;

namespace Sluice.Layering.Tests;

/// <summary>Checks which code may know which, read from the built assemblies: the tables are in <see cref="Layers"/>.</summary>
public sealed class LayeringTests
{
    private const string Advice = "Move the one or the other, or go through a type that both may know. Change the table only if the layers themselves change:";
    private const string Core = "Sluice";

    private static IReadOnlyList<string> All => Repository.Assemblies;

    [Fact]
    public void Assemblies_depend_on_each_other_as_the_table_says()
    {
        var code = Library.Sluice.Dependencies.Select(static dependency => new Use(dependency.From.Assembly, dependency.To.Assembly, 'x', dependency.ToString()))
            .Concat(Library.Sluice.Assemblies.SelectMany(static file => file.References.Intersect(All).Select(name => new Use(file.Name, name, 'x', $"the manifest of {file.Name} refers to {name}"))));
        var projects = All.SelectMany(static name => ProjectReferences.Of(name).Intersect(All).Select(other => new Use(name, other, 'r', $"the project {name} refers to {other}")));

        AssertNone(Layers.Assemblies.Differences(All, All, code.Concat(projects), Advice));
    }

    [Fact]
    public void Internals_are_seen_as_the_table_says()
    {
        var granted = Library.Sluice.Assemblies.SelectMany(static file => file.Friends.Intersect(All).Select(friend => (Row: friend, Column: file.Name))).ToHashSet();
        // The mark g, which no table has, is for a grant whose use is not seen: nothing uses it, or only for constants, which the compiler copies.
        var uses = granted.Select(static pair => new Use(pair.Row, pair.Column, 'g', $"{pair.Column} has InternalsVisibleTo {pair.Row}"))
            .Concat(Library.Sluice.Dependencies.Where(static dependency => dependency.From.Assembly != dependency.To.Assembly && !dependency.To.IsPublic)
                .Select(static dependency => new Use(dependency.From.Assembly, dependency.To.Assembly, 'x', dependency.ToString())));

        AssertNone(Layers.Internals.Differences(All, All, uses,
            "Remove the InternalsVisibleTo from the project of the column, and use public members, or make what is missing public, [Experimental] if need be:"));
    }

    [Fact]
    public void Other_friends_of_an_assembly_are_its_own_tests_and_those_of_the_list()
    {
        var granted = Library.Sluice.Assemblies.SelectMany(static file => file.Friends.Except(All).Select(friend => (file.Name, Friend: friend))).ToHashSet();
        var listed = Layers.OtherFriends.SelectMany(static entry => entry.Assemblies.Select(name => (Name: name, entry.Friend))).ToHashSet();
        var own = granted.Where(static grant => grant.Friend == $"{grant.Name}.Tests").ToHashSet();

        AssertNone(granted.Except(own).Except(listed)
            .Select(static grant => $"{grant.Name} lets {grant.Friend} see its internals. Remove the InternalsVisibleTo, and move the test to {grant.Name}.Tests, or add it to the list with the reason.")
            .Concat(listed.Except(granted).Select(static grant => $"{grant.Name} does not let {grant.Friend} see its internals any more: take it off the list.")));
    }

    [Fact]
    public void Assemblies_depend_on_no_package_and_nothing_but_dotnet_unless_the_list_says_so() => Assert.All(Library.Sluice.Assemblies, static file =>
    {
        var foreign = file.References.Where(static name => !File.Exists(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), $"{name}.dll"))).Concat(ProjectReferences.Of(file.Name)).Except(All);

        Assert.Equal(Layers.Packages.GetValueOrDefault(file.Name, []), foreign.Distinct().Order());
    });

    [Fact]
    public void Folders_of_the_core_depend_on_each_other_as_the_table_says() => AssertFolders(Layers.Core, Core);

    [Fact]
    public void Folders_of_parts_elsewhere_depend_on_each_other_as_the_table_says() => AssertFolders(Layers.Remote, "Sluice.Remote");

    [Fact]
    public void Snapshots_use_the_core_as_the_table_says() => AssertUsesOfCore(Layers.PortabilityToCore, "Sluice.Portability");

    [Fact]
    public void Parts_elsewhere_use_the_core_as_the_table_says() => AssertUsesOfCore(Layers.RemoteToCore, "Sluice.Remote");

    [Fact]
    public void Operators_use_only_the_public_API_and_the_internals_that_the_list_has()
    {
        const string Operators = "Sluice/Pipelines/Operators";
        var uses = Library.Sluice.Dependencies.Where(static dependency => dependency.From.Folder == Operators && dependency.To.Folder is not null and not Operators).ToList();
        Assert.InRange(uses.Count, 500, int.MaxValue);

        var listed = Layers.OperatorInternals.SelectMany(static entry => entry.Internals).ToHashSet();
        var used = uses.Where(static dependency => !dependency.To.IsPublic).ToLookup(dependency => NamesOf(dependency.To).FirstOrDefault(listed.Contains));

        AssertNone(used[null].Select(static dependency => $"{dependency}, which is internal. An operator of a third party has only the public API: use that, or extend it.")
            .Concat(listed.Where(name => !used.Contains(name)).Select(static name => $"No operator uses {name} any more: take it off the list.")));

        static string[] NamesOf(Place place) => [TypeNames.Written(place.Type), place.ToString()];
    }

    [Fact]
    public void Every_type_that_was_written_has_a_folder() => AssertNone(Library.Sluice.Types
        .Where(static type => type.Place.Folder is null && !type.Place.Type.Contains('<', StringComparison.Ordinal))
        .Select(static type => $"No source file is known of {type.Place}: neither the symbols nor a file of that name say where it is. Give it a file of its own."));

    private static void AssertFolders(LayerTable table, string assembly) =>
        AssertNone(table.Differences(Folders.Of(assembly, table.Rows), Folders.Of(assembly, table.Rows), Folders.Uses(assembly, table.Rows, assembly, table.Rows), Advice));

    private static void AssertUsesOfCore(LayerTable table, string assembly) =>
        AssertNone(table.Differences(Folders.Of(assembly, table.Rows), Folders.Of(Core, Layers.Core.Rows), Folders.Uses(assembly, table.Rows, Core, Layers.Core.Rows), Advice));

    private static void AssertNone(IEnumerable<string> failures)
    {
        var list = failures.ToList();
        Assert.True(list.Count == 0, string.Join(Environment.NewLine, list));
    }
}
