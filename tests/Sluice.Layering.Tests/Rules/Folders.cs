namespace Sluice.Layering.Tests;

/// <summary>The folders of an assembly as rows and columns of a table.</summary>
/// <remarks>A folder's name begins behind its assembly's. A row <c>Folder/Type</c> is for a type that stands outside its folder.</remarks>
internal static class Folders
{
    /// <summary>The row of a type or member; null for what the compiler made, which is in no folder.</summary>
    internal static string? RowOf(Place place, IReadOnlyCollection<string> rows)
    {
        if (place.Folder is null)
        {
            return null;
        }

        var folder = Relative(place.Folder, place.Assembly);
        var type = $"{folder}/{TypeNames.Simple(place.Type.Split('+')[0])}";
        return rows.Contains(type) ? type : folder;
    }

    /// <summary>Every row that the types and members of an assembly need.</summary>
    internal static IEnumerable<string> Of(string assembly, IReadOnlyCollection<string> rows) => Library.Sluice.Types
        .Where(type => type.Place.Assembly == assembly)
        .SelectMany(static type => type.Members.Append(type.Place))
        .Select(place => RowOf(place, rows)).OfType<string>().Distinct();

    /// <summary>The uses that the folders of one assembly make of another's, or of each other.</summary>
    internal static IEnumerable<Use> Uses(string user, IReadOnlyCollection<string> rows, string used, IReadOnlyCollection<string> columns) =>
        from dependency in Library.Sluice.Dependencies
        where dependency.From.Assembly == user && dependency.To.Assembly == used
        let row = RowOf(dependency.From, rows)
        let column = RowOf(dependency.To, columns)
        where row is not null && column is not null
        select new Use(row, column, 'x', dependency.ToString());

    private static string Relative(string folder, string assembly) => folder == assembly ? "(top)"
        : folder.StartsWith($"{assembly}/", StringComparison.Ordinal) ? folder[(assembly.Length + 1)..]
        : folder; // linked from another place
}
