using System.Runtime.ExceptionServices;

namespace Sluice;

/// <summary>The error policies of a stage that cuts records out of pieces of bytes, in one run: they are asked for each record, so that the rest of
/// the piece is not lost with one that is bad. Owner: the strand of the stage.</summary>
internal sealed class RecordPolicies(ItemPolicy<ReadOnlyMemory<byte>>[] policies, Inbox<ReadOnlyMemory<byte>> pieces)
{
    private readonly PolicyInRun<ReadOnlyMemory<byte>>[] _policies = Array.ConvertAll(policies, policy => new PolicyInRun<ReadOnlyMemory<byte>>(policy, pieces));

    /// <summary>How often the record has failed since the policy around asked for another attempt; the innermost first.</summary>
    private readonly int[] _failures = new int[policies.Length];

    /// <summary>Whether an error is the failure of a record, and not the cancellation of the run.</summary>
    internal bool IsFailure(Exception error) => error is not OperationCanceledException || !pieces.Cancellation.IsCancellationRequested;

    internal void Succeeded()
    {
        Array.Clear(_failures);
        foreach (var policy in _policies)
        {
            policy.Succeeded();
        }
    }

    /// <summary>Asks the policies about a record that has failed, each about what those inside of it give up on.</summary>
    /// <returns>True: the record is left out. False: it is tried again. Throws its error if no policy handles it.</returns>
    internal async Coroutine<bool> IsLeftOut(ReadOnlyMemory<byte> record, Exception error)
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
}
