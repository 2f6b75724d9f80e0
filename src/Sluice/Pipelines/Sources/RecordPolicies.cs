using System.Runtime.ExceptionServices;

namespace Sluice;

/// <summary>The error policies of a stage that cuts records out of pieces of bytes, in one run: they are asked for each record, so that the rest of
/// the piece is not lost with one that is bad. Owner: the strand of the stage.</summary>
internal sealed class RecordPolicies(ItemPolicy<ReadOnlyMemory<byte>>[] policies, Inbox<ReadOnlyMemory<byte>> pieces)
{
    private readonly PolicyInRun<ReadOnlyMemory<byte>>[] _policies = Array.ConvertAll(policies, policy => new PolicyInRun<ReadOnlyMemory<byte>>(policy, pieces));

    /// <summary>How often the record has failed since the policy around asked for another attempt; the innermost first.</summary>
    private readonly int[] _failures = new int[policies.Length];

    /// <summary>Sends on the lines that are complete, without those that a policy leaves out.</summary>
    internal async Coroutine SendLines<T>(LineSplitter<T> splitter, Target<T> next)
    {
        while (true)
        {
            var isTaken = TryTake(splitter, isLast: false, out var line, out var failure);
            if (failure is not null)
            {
                await Failed(splitter, failure);
            }
            else if (isTaken)
            {
                Succeeded();
                await next.SendAsync(line);
            }
            else
            {
                return;
            }
        }
    }

    /// <summary>Sends on what stands behind the last line ending.</summary>
    internal async Coroutine SendRest<T>(LineSplitter<T> splitter, Target<T> next)
    {
        bool isTaken;
        T line;
        while (true)
        {
            isTaken = TryTake(splitter, isLast: true, out line, out var failure);
            if (failure is null)
            {
                break;
            }

            await Failed(splitter, failure);
        }

        if (isTaken)
        {
            await next.SendAsync(line);
        }
    }

    /// <summary>A record cannot be read, and another attempt would give the same.</summary>
    /// <returns>When it is left out. Throws its error if the policies give it up.</returns>
    internal async Coroutine GiveUp(ReadOnlyMemory<byte> record, Exception error)
    {
        while (!await IsLeftOut(record, error))
        {
        }
    }

    private async Coroutine Failed<T>(LineSplitter<T> splitter, Exception error)
    {
        if (await IsLeftOut(splitter.CopyOfLine(), error))
        {
            splitter.LeaveOutLine();
        }
    }

    /// <summary>Asks the policies, each about what those inside of it give up on.</summary>
    /// <returns>True: the record is left out. False: it is tried again.</returns>
    private async Coroutine<bool> IsLeftOut(ReadOnlyMemory<byte> record, Exception error)
    {
        for (var i = 0; i < _policies.Length; i++)
        {
            _failures[i]++;
            switch (await _policies[i].Failed(record, error, _failures[i], pieces.Cancellation))
            {
                case ErrorPolicy.Decision.Again:
                    Array.Clear(_failures, 0, i);
                    return false;
                case ErrorPolicy.Decision.Skip:
                    Array.Clear(_failures);
                    return true;
                default:
                    break;
            }
        }

        ExceptionDispatchInfo.Throw(error);
        return false;
    }

    private void Succeeded()
    {
        Array.Clear(_failures);
        foreach (var policy in _policies)
        {
            policy.Succeeded();
        }
    }

    private bool TryTake<T>(LineSplitter<T> splitter, bool isLast, out T line, out Exception? failure)
    {
        failure = null;
        try
        {
            return isLast ? splitter.TryTakeRest(out line) : splitter.TryTake(out line);
        }
        catch (Exception error) when (error is not OperationCanceledException || !pieces.Cancellation.IsCancellationRequested)
        {
            (line, failure) = (default!, error);
            return false;
        }
    }
}
