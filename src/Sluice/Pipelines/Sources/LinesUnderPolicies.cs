namespace Sluice;

/// <summary>Sends on the lines of a splitter without those that error policies leave out. Owner: the strand of the stage.</summary>
internal sealed class LinesUnderPolicies<T>(LineSplitter<T> splitter, Target<T> next, RecordPolicies policies)
{
    /// <summary>Sends on the lines that are complete.</summary>
    internal async Coroutine SendLines()
    {
        while (true)
        {
            var isTaken = TryTake(isLast: false, out var line, out var failure);
            if (failure is not null)
            {
                await Failed(failure);
            }
            else if (isTaken)
            {
                policies.Succeeded();
                await next.SendAsync(line);
            }
            else
            {
                return;
            }
        }
    }

    /// <summary>Sends on what stands behind the last line ending.</summary>
    internal async Coroutine SendRest()
    {
        while (true)
        {
            var isTaken = TryTake(isLast: true, out var line, out var failure);
            if (failure is not null)
            {
                await Failed(failure);
                continue;
            }

            if (isTaken)
            {
                await next.SendAsync(line);
            }

            return;
        }
    }

    /// <summary>The line that has begun cannot be read, and another attempt would give the same. Throws its error if no policy leaves it out.</summary>
    internal async Coroutine LeaveOut(ReadOnlyMemory<byte> record, Exception error)
    {
        while (!await policies.IsLeftOut(record, error))
        {
        }

        splitter.LeaveOutLine();
    }

    private async Coroutine Failed(Exception error)
    {
        if (await policies.IsLeftOut(splitter.CopyOfLine(), error))
        {
            splitter.LeaveOutLine();
        }
    }

    private bool TryTake(bool isLast, out T line, out Exception? failure)
    {
        failure = null;
        try
        {
            return isLast ? splitter.TryTakeRest(out line) : splitter.TryTake(out line);
        }
        catch (Exception error) when (policies.IsFailure(error))
        {
            (line, failure) = (default!, error);
            return false;
        }
    }
}
