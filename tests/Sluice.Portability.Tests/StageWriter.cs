using System.Text;

namespace Sluice.Tests.Portability;

/// <summary>Writes stages as source text: random nests of what a method can wait inside of, and of what it can keep there.</summary>
internal sealed class StageWriter(Random random)
{
    private const int MaxDepth = 2;

    private readonly StringBuilder _text = new();
    private readonly List<string> _children = [];
    private int _names;

    /// <summary>So many methods <c>Stage0</c>, ... that take an inbox of numbers and return a text, in a class.</summary>
    internal string Write(int stages)
    {
        _text.Append("static partial class Stages\n{\n");
        _text.Append($"    public static readonly Func<Inbox<int>, Coroutine<string>>[] All = [{string.Join(", ", Enumerable.Range(0, stages).Select(number => $"Stage{number}"))}];\n");
        for (var number = 0; number < stages; number++)
        {
            _text.Append($"    static async Coroutine<string> Stage{number}(Inbox<int> items)\n    {{\n        var log = new List<string>();\n        try\n        {{\n");
            Block(["0"], 0);
            _text.Append("        }\n        catch (InboxClosedException)\n        {\n            log.Add(\"closed\");\n        }\n        return string.Join(' ', log);\n    }\n");
            if (random.Next(2) == 0)
            {
                Child();
            }
        }

        return _text.Append("}\n").ToString();
    }

    /// <summary>A coroutine that later stages delegate to.</summary>
    private void Child()
    {
        var name = $"Child{_children.Count}";
        var isGeneric = random.Next(3) == 0;
        _text.Append(isGeneric ? $"    static async Coroutine<int> {name}<T>(Inbox<int> items, List<string> log, int start, T kept)\n    {{\n" : $"    static async Coroutine<int> {name}(Inbox<int> items, List<string> log, int start)\n    {{\n");
        Block(["start"], 1);
        _text.Append(isGeneric ? "        log.Add($\"{kept}\");\n" : "").Append("        return start;\n    }\n");
        _children.Add(isGeneric ? $"{name}(items, log, {{0}}, (Name: \"kept\", At: {{0}}))" : $"{name}(items, log, {{0}})");
    }

    /// <summary>Statements with at least one wait; <paramref name="numbers"/> are the variables that can be used.</summary>
    private void Block(IReadOnlyList<string> numbers, int depth)
    {
        var visible = new List<string>(numbers);
        for (var left = random.Next(1, 4 - depth); left > 0; left--)
        {
            Statement(visible, depth);
        }

        var last = New();
        Line($"var {last} = await items.ReceiveAsync();");
        Line($"log.Add($\"{last}={{{last} + {Any(visible)}}}\");");
    }

    private void Statement(List<string> visible, int depth)
    {
        var name = New();
        var number = Any(visible);
        switch (random.Next(depth < MaxDepth ? 26 : 17))
        {
            case 0:
                Line($"var {name} = {number} + await items.ReceiveAsync();");
                visible.Add(name);
                break;
            case 1:
                Line($"var {name} = (Left: {number}, Right: \"{name}\", More: {number} * 0.5);");
                After($"{name}.Left + {name}.Right + {name}.More");
                break;
            case 2:
                Line($"var {name} = new Dictionary<string, List<int>> {{ [\"a\"] = [{number}, 2], [\"b\"] = [] }};");
                Line($"{name}[\"b\"].Add(await items.ReceiveAsync());");
                After($"{name}[\"a\"][0] + {name}[\"b\"].Count");
                break;
            case 3:
                Line($"Func<int, int> {name} = x => x * 3 + {number};");
                After($"{name}(2)");
                break;
            case 4:
                Line($"var {name} = new Thing({number}, new Thing(1, null));");
                After(name);
                break;
            case 5:
                Line($"int? {name} = {number} % 2 == 0 ? null : {number};");
                After($"({name} ?? -1)");
                break;
            case 6:
                Line($"var {name} = new[] {{ {number}, 5m, 7.25m }};");
                After($"{name}[^1] + {name}[0]");
                break;
            case 7:
                Line($"async Coroutine<int> {name}() => {number} + await items.ReceiveAsync();");
                After($"await {name}()");
                break;
            case 8 when _children.Count > 0:
                Line($"log.Add($\"child {{await {string.Format(null, _children[random.Next(_children.Count)], number)}}}\");");
                break;
            case 8:
                Line($"object {name} = DayOfWeek.Monday;");
                After(name);
                break;
            case 9:
                Line("{"); // a section of a switch has no using variables
                Line($"using var {name} = Generator.Start<int>(exchange => Yield(exchange, {number}));");
                Line($"log.Add($\"{{{name}.Next()}}\");");
                After($"{name}.Next()");
                Line("}");
                break;
            case 10:
                Line($"log.Add(await new Holder<string>(\"{name}\", {number}).Run(items));");
                break;
            case 11:
                Line($"var {name} = new object();");
                Line($"lock ({name}) {{ log.Add(\"locked\"); }}");
                Line($"await items.ReceiveAsync();");
                Line($"lock ({name}) {{ log.Add(\"{name}\"); }}");
                break;
            case 12:
                Line($"try {{ if ({number} % 2 == 0) throw new FormatException(); log.Add(\"none\"); }}");
                Line($"catch (FormatException) {{ log.Add(\"c{name}\");");
                Line("#if !DEBUG"); // there the compiler keeps the exception
                Line($"log.Add($\"{{await items.ReceiveAsync()}}\");");
                Line("#endif");
                Line("}");
                break;
            case 13:
                Line($"try {{ log.Add($\"{{await items.ReceiveAsync()}}\"); }}");
                Line($"finally {{ log.Add($\"f{{await items.ReceiveAsync()}}\"); }}");
                break;
            case 14:
                Line($"var {name} = new[] {{ 1, {number} }};");
                Line($"{name}[{name}.Length - 1] += await items.ReceiveAsync() * {name}[0];");
                After($"{name}[1]");
                break;
            case 15:
                Line($"var {name} = new SortedSet<int>(Comparer<int>.Create((x, y) => y.CompareTo(x))) {{ 1, 2, {number} }};");
                Line($"foreach (var {name}a in {name}) log.Add($\"{{{name}a}}\");");
                After($"{name}.Min");
                break;
            case 16:
                Line($"var {name} = {number};");
                Line($"Action {name}a = () => {name} += 2;");
                Line($"{name}a();");
                Line($"await items.ReceiveAsync();");
                Line($"{name}a();");
                Line($"log.Add($\"{{{name}}}\");");
                break;
            case 17:
                Nested($"for (var {name} = 0; {name} < {random.Next(1, 4)}; {name}++)", [.. visible, name], depth);
                break;
            case 18:
                Nested($"foreach (var {name} in new List<int> {{ 3, {number}, 5 }})", [.. visible, name], depth);
                break;
            case 19:
                Nested($"foreach (var {name} in Count({number}))", [.. visible, name], depth);
                break;
            case 20:
                Nested("try", visible, depth);
                Line($"finally {{ log.Add(\"f{name}\"); }}");
                break;
            case 21:
                Line("try {");
                Block(visible, depth + 1);
                Line($"if ((await items.ReceiveAsync() + {number}) % 2 == 0) throw new FormatException();");
                Line($"}} catch (FormatException) {{ log.Add(\"c{name}\"); }}");
                break;
            case 22:
                Nested($"using (new Scope(log, \"{name}\"))", visible, depth);
                break;
            case 23:
                Line($"await foreach (var {name} in items) {{");
                Line($"if (({name} + {number}) % 3 == 0) break;");
                Block([.. visible, name], depth + 1);
                Line("}");
                break;
            case 24:
                Line($"switch (await items.ReceiveAsync() % 3) {{ case 0:");
                Block(visible, depth + 1);
                Line("break; case 1: log.Add(\"one\"); break; default:");
                Block(visible, depth + 1);
                Line("break; }");
                break;
            default:
                Line($"var {name} = {number} % 5;");
                Line($"while ({name}++ < 3) {{");
                Block([.. visible, name], depth + 1);
                Line("}");
                break;
        }
    }

    private void Nested(string head, IReadOnlyList<string> visible, int depth)
    {
        Line(head + " {");
        Block(visible, depth + 1);
        Line("}");
    }

    /// <summary>Something that is kept over a wait and used after it.</summary>
    private void After(string expression)
    {
        Line($"log.Add($\"{{await items.ReceiveAsync()}}\");");
        Line($"log.Add(\"\" + {expression});");
    }

    private void Line(string line) => _text.Append("        ").Append(line).Append('\n');

    private string New() => $"v{_names++}";

    private string Any(List<string> visible) => visible[random.Next(visible.Count)];
}
