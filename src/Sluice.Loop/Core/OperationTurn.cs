namespace Sluice;

/// <summary>Counts the operations within one callback that need not wait. Owner: the loop's thread.</summary>
internal struct OperationTurn
{
    /// <summary>The number of them before the others have their turn.</summary>
    private const int Most = 64;

    private long _callback;
    private int _operations;

    /// <summary>Counts one, and says whether the callback may go on.</summary>
    /// <param name="callback">The number of the callback.</param>
    internal bool MayGoOn(long callback)
    {
        if (_callback != callback)
        {
            (_callback, _operations) = (callback, 0);
        }

        return ++_operations <= Most;
    }
}
