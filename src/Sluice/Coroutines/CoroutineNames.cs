using System.Diagnostics;

namespace Sluice;

/// <summary>Readable names for coroutines, from what the compiler calls their state machines.</summary>
internal static class CoroutineNames
{
    /// <summary><c>&lt;Grep&gt;d__3</c> is Grep, <c>&lt;&lt;Main&gt;b__0_1&gt;d</c> a lambda in Main,
    /// <c>&lt;&lt;Main&gt;g__Copy|0_1&gt;d</c> the local function Copy.</summary>
    internal static string OfStateMachine(Type stateMachine) => Readable(stateMachine.Name);

    /// <summary>The name of a coroutine that has ended without ever suspending, so that no state machine was kept: of the one that just caught
    /// this error, in the compiler's code around the method. Null unless the end of an inbox is what it threw: the only error whose way is
    /// told by names.</summary>
    internal static string? OfThrower(Exception error) =>
        error is InboxClosedException && new StackTrace(error, fNeedFileInfo: false) is { FrameCount: > 0 } stack
        && DiagnosticMethodInfo.Create(stack.GetFrame(stack.FrameCount - 1)!)?.DeclaringTypeName is { } type && type.Contains('<', StringComparison.Ordinal)
            ? Readable(type)
            : null;

    /// <summary>The same for the compiler's name of a method.</summary>
    internal static string Readable(string name)
    {
        var local = name.IndexOf("g__", StringComparison.Ordinal);
        var bar = name.IndexOf('|', StringComparison.Ordinal);
        if (local >= 0 && bar > local)
        {
            return name[(local + 3)..bar];
        }

        var start = name.LastIndexOf('<') + 1;
        var end = name.IndexOf('>', StringComparison.Ordinal);
        if (start == 0 || end < start)
        {
            return name;
        }

        var method = name[start..end] is { Length: > 0 } inner ? inner : "Main";
        return name.Contains(">b__", StringComparison.Ordinal) ? $"lambda in {method}" : method;
    }
}
