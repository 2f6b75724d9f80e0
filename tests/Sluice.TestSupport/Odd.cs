using System.Collections;
using System.Collections.Immutable;

namespace Sluice.Tests;

/// <summary>An exception that takes no notes.</summary>
internal abstract class Odd(string message) : Exception(message)
{
    internal static Odd Of(string kind) => kind switch
    {
        "read-only" => new ReadOnly(),
        "none" => new Without(),
        _ => new Throwing(),
    };

    private sealed class ReadOnly() : Odd("read-only")
    {
        public override IDictionary Data => ImmutableDictionary<object, object?>.Empty;
    }

    private sealed class Without() : Odd("none")
    {
        public override IDictionary Data => null!;
    }

    private sealed class Throwing() : Odd("throwing")
    {
        public override IDictionary Data => throw new NotSupportedException();

        public override string Message => throw new NotSupportedException();
    }
}
