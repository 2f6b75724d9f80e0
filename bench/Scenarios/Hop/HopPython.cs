using System.Globalization;
using System.Runtime.CompilerServices;

namespace Sluice.Bench;

/// <summary><c>bench/hop.py</c>: two processes of CPython, of which one answers how long a round took.</summary>
internal sealed class HopPython : IDisposable
{
    private readonly Child _process;

    private HopPython(Child process) => _process = process;

    /// <summary>Null if there is no Python.</summary>
    /// <param name="kind">How records are pickled: <c>dump</c>, <c>dumps</c> or <c>fast</c>.</param>
    internal static HopPython? StartIfPresent(string kind) =>
        Child.StartIfPresent($"CPython pickle ({kind})", () => Child.StartPython(PathOfScript(), kind)) is { } process ? new(process) : null;

    internal (double Nanoseconds, long Arrived) Send(int count)
    {
        var answer = _process.Ask(count.ToString(CultureInfo.InvariantCulture)).Split(' ');
        return (double.Parse(answer[0], CultureInfo.InvariantCulture), long.Parse(answer[1], CultureInfo.InvariantCulture));
    }

    public void Dispose() => _process.Dispose();

    private static string PathOfScript([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "hop.py"));
}
