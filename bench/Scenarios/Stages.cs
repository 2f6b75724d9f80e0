namespace Sluice.Bench;

/// <summary>The coroutines that are measured.</summary>
public static class Stages
{
    /// <summary>Passes on the lines that contain a text.</summary>
    public static async Coroutine Grep(Inbox<string> lines, Target<string> next, string pattern)
    {
        await foreach (var line in lines)
        {
            if (line.Contains(pattern, StringComparison.Ordinal))
            {
                await next.SendAsync(line);
            }
        }
    }

    /// <summary>Passes everything on.</summary>
    public static async Coroutine Pass(Inbox<int> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(item);
        }
    }

    /// <summary>Counts.</summary>
    public static async Coroutine<long> Count<T>(Inbox<T> items)
    {
        var count = 0L;
        await foreach (var _ in items)
        {
            count++;
        }

        return count;
    }

    /// <summary>Adds up.</summary>
    public static async Coroutine<long> Sum(Inbox<long> items)
    {
        var sum = 0L;
        await foreach (var item in items)
        {
            sum += item;
        }

        return sum;
    }
}

/// <summary>Counts, as an object: what stands behind a coroutine that is started by hand.</summary>
public sealed class CountTarget<T> : Target<T>
{
    /// <summary>The number of items that came.</summary>
    public long Count { get; private set; }

    /// <inheritdoc/>
    public override ValueTask SendAsync(T item)
    {
        Count++;
        return default;
    }

    /// <inheritdoc/>
    public override ValueTask ThrowAsync(Exception error) => ValueTask.FromException(error);

    /// <inheritdoc/>
    public override ValueTask CloseAsync() => default;
}
