using System.Globalization;

namespace Sluice;

public static partial class Stage
{
    /// <summary>Leaves out the first items.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="count">How many items to leave out; 0 or more.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="count"/> is negative.</exception>
    public static Stage<T, T> Skip<T>(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return FromOperator<T, T>(next => new SkipOperator<T>(next, count), "Skip", count.ToString(CultureInfo.InvariantCulture));
    }

    private sealed class SkipOperator<T>(Target<T> next, long count) : Operator<T, T>(next)
    {
        /// <summary>Counted up: what was left out is state, and the count comes from the program.</summary>
        private long _skipped;

        public override ValueTask SendAsync(T item)
        {
            if (IsClosed)
            {
                return RefuseAsync();
            }

            if (_skipped >= count)
            {
                return Next.SendAsync(item);
            }

            _skipped++;
            return default;
        }
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.Skip"/>
    /// <param name="source">The source.</param>
    /// <param name="count">How many items to leave out; 0 or more.</param>
    /// <returns>The longer source.</returns>
    public static Source<T> Skip<T>(this Source<T> source, long count)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Skip<T>(count));
    }
}
