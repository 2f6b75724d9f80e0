using Spectre.Console;

namespace Sluice.Tool;

/// <summary>A table: with lines on a terminal, in columns of plain text elsewhere. A column whose head ends with <c>#</c> has numbers, which stand at its right.</summary>
internal sealed class TextTable(params string[] heads)
{
    private const char Number = '#';
    private readonly List<string[]> _rows = [];

    internal void Add(params string[] cells) => _rows.Add([.. cells.Select(LogText.Escape)]);

    internal void Write(TextWriter to, bool isTerminal)
    {
        if (isTerminal)
        {
            WriteLines(to);
        }
        else
        {
            WriteColumns(to);
        }
    }

    private void WriteLines(TextWriter to)
    {
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var head in heads)
        {
            var column = new TableColumn(new Text(head.TrimEnd(Number)));
            table.AddColumn(head.EndsWith(Number) ? column.RightAligned() : column);
        }

        foreach (var row in _rows)
        {
            table.AddRow(row.Select(static cell => new Text(cell)));
        }

        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(to) }).Write(table);
    }

    private void WriteColumns(TextWriter to)
    {
        string[][] all = [[.. heads.Select(static head => head.TrimEnd(Number))], .. _rows];
        var widths = heads.Select((_, column) => all.Max(row => row[column].Length)).ToArray();
        foreach (var row in all)
        {
            var cells = row.Select((cell, column) => heads[column].EndsWith(Number) ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]));
            to.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }
}
