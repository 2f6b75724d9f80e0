namespace Sluice;

/// <summary>Finds a node's name in what the user wrote.</summary>
internal static class NodeNames
{
    /// <summary>The longest expression shown as a node's detail; longer ones are cut.</summary>
    private const int MaxDetail = 60;

    /// <summary>A method group's method; for a lambda that only calls a method, that method; else <paramref name="otherwise"/>.</summary>
    internal static string Of(Delegate body, string? expression, string otherwise)
    {
        var method = body.Method.Name;
        if (!method.Contains(">b__", StringComparison.Ordinal))
        {
            return CoroutineNames.Readable(method);
        }

        return CalledMethod(expression) ?? otherwise;
    }

    /// <summary>An expression on one line, for showing.</summary>
    internal static string? Detail(string? expression)
    {
        if (expression is null)
        {
            return null;
        }

        var line = string.Join(' ', expression.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= MaxDetail ? line : string.Concat(line.AsSpan(0, MaxDetail - 3), "...");
    }

    /// <summary><c>(lines, next) => Text.Grep(lines, next, "x")</c> gives Grep.</summary>
    private static string? CalledMethod(string? expression)
    {
        var arrow = expression?.IndexOf("=>", StringComparison.Ordinal) ?? -1;
        if (arrow < 0)
        {
            return null;
        }

        var call = expression.AsSpan(arrow + 2).TrimStart();
        if (call.StartsWith("await "))
        {
            call = call[6..].TrimStart();
        }

        var open = call.IndexOfAny('(', '<');
        if (open <= 0)
        {
            return null;
        }

        var callee = call[..open].TrimEnd();
        var name = callee[(callee.LastIndexOf('.') + 1)..];
        foreach (var c in callee)
        {
            if (!char.IsLetterOrDigit(c) && c is not ('_' or '.'))
            {
                return null;
            }
        }

        return name.IsEmpty || char.IsDigit(name[0]) ? null : name.ToString();
    }
}
