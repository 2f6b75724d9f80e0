using System.Runtime.CompilerServices;

namespace Sluice.Layering.Tests.Fixtures;

internal static partial class Spread
{
    internal static readonly string AboveField = Environment.NewLine;

    internal static int AboveProperty { get; set; }

    internal static int AboveMethod() => 2;

    internal static async Task AboveAsync() => await Task.Yield();

    internal static IEnumerable<int> AboveIterator()
    {
        yield return 1;
    }

    internal static Func<int> AboveLambda(StrongBox<int> captured) => () => captured.Value;

    internal sealed class Nested
    {
        internal static int Value => 1;
    }

    internal sealed class WithoutCode;
}

internal static partial class SpreadWithoutFile
{
    internal static int More => 2;
}
