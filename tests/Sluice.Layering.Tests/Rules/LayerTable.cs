using System.Globalization;

namespace Sluice.Layering.Tests;

/// <summary>A table that says, for each row and column, whether the row may use the column.</summary>
/// <remarks>A line is a number, a name, and a mark for each column: <c>x</c> uses it, <c>.</c> must not. In a square table the columns are
/// the rows, and <c>\</c> marks the row itself.</remarks>
internal sealed class LayerTable
{
    private const char Itself = '\\';
    private const char Forbidden = '.';
    private readonly string _name;
    private readonly List<string> _rows = [];
    private readonly List<string> _columns;
    private readonly List<char[]> _marks = [];

    /// <summary>Reads a table.</summary>
    /// <param name="name">What error messages call it.</param>
    /// <param name="text">The lines.</param>
    /// <param name="columns">The columns; those of a square table are its rows.</param>
    internal LayerTable(string name, string text, IEnumerable<string>? columns = null)
    {
        _name = name;
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        foreach (var parts in lines.Skip(1)) // The first line numbers the columns.
        {
            _rows.Add(parts[1]);
            _marks.Add([.. parts[2..].Select(static mark => mark.Single())]);
            Require(parts[0] == _rows.Count.ToString(CultureInfo.InvariantCulture), $"the row {parts[1]} has the number {parts[0]}, but is row {_rows.Count}");
        }

        _columns = columns?.ToList() ?? _rows;
        Require(lines[0].SequenceEqual(Enumerable.Range(1, _columns.Count).Select(static i => i.ToString(CultureInfo.InvariantCulture))), $"the first line must number {_columns.Count} columns");
        for (var row = 0; row < _rows.Count; row++)
        {
            Require(_marks[row].Length == _columns.Count, $"the row {_rows[row]} has {_marks[row].Length} marks for {_columns.Count} columns");
            Require(columns is not null || _marks[row].IndexOf(Itself) == row, $"the row {_rows[row]} must have '{Itself}' in its own column");
        }
    }

    internal IReadOnlyList<string> Rows => _rows;

    /// <summary>Compares the table with what is so.</summary>
    /// <param name="rows">All that must have a row.</param>
    /// <param name="columns">All that must have a column.</param>
    /// <param name="uses">Who uses whom, and an example.</param>
    /// <param name="advice">The part of a message that says what to do about a use that is forbidden.</param>
    /// <returns>A message for each difference.</returns>
    internal IEnumerable<string> Differences(IEnumerable<string> rows, IEnumerable<string> columns, IEnumerable<Use> uses, string advice)
    {
        var known = uses.Where(static use => use.Row != use.Column).ToLookup(static use => (use.Row, use.Column));
        return Unknown(rows, _rows, "row").Concat(Unknown(columns, _columns, "column")).Distinct()
            .Concat(Gone(_rows, rows, "row")).Concat(_rows == _columns ? [] : Gone(_columns, columns, "column"))
            .Concat(_rows.SelectMany((row, i) => _columns.SelectMany((column, j) => Compare(row, column, _marks[i][j], [.. known[(row, column)]], advice))));
    }

    private IEnumerable<string> Compare(string row, string column, char expected, Use[] uses, string advice)
    {
        var mark = uses.Length == 0 ? Forbidden : uses.Any(static use => use.Mark == 'x') ? 'x' : uses[0].Mark;
        if (expected == mark || expected == Itself)
        {
            yield break;
        }

        if (mark == Forbidden)
        {
            yield return $"{_name}: {row} may use {column} ('{expected}') but does not. Write '{Forbidden}' there, so that it stays so.";
        }
        else
        {
            var examples = uses.Select(static use => use.Example).Distinct().Order(StringComparer.Ordinal).ToArray();
            yield return $"{_name}: {row} must not use {column}, but does ('{mark}' where the table has '{expected}'). {advice}"
                + string.Concat(examples.Take(20).Select(static example => $"{Environment.NewLine}    {example}"))
                + (examples.Length > 20 ? $"{Environment.NewLine}    and {examples.Length - 20} more" : "");
        }
    }

    private IEnumerable<string> Unknown(IEnumerable<string> found, List<string> known, string what) => found.Distinct().Except(known)
        .Select(name => $"{_name}: {name} has no {what}. Give it one, and allow it only what it needs.");

    private IEnumerable<string> Gone(List<string> known, IEnumerable<string> found, string what) => known.Except(found)
        .Select(name => $"{_name}: there is no {name}, but it has a {what}. Remove it.");

    private void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new FormatException($"{_name}: {message}.");
        }
    }
}

/// <summary>A row that uses a column.</summary>
/// <param name="Row">Who uses it.</param>
/// <param name="Column">What is used.</param>
/// <param name="Mark">How, as the table writes it.</param>
/// <param name="Example">Where.</param>
internal sealed record Use(string Row, string Column, char Mark, string Example);
