namespace Sluice;

/// <summary>
/// The failure of a run when a stage's input has ended while a coroutine that the stage delegated to waited for more of it: what that
/// one had received is lost. See <see cref="RunOptions.IncompleteInput"/>.
/// </summary>
/// <remarks>The inner exception is the <see cref="InboxClosedException"/> of that receive, whose stack says where it waited. A coroutine
/// that may meet the end handles it: with <see cref="Inbox{T}.TryReceiveAsync()"/>, with <c>await foreach</c>, or by catching the
/// <see cref="InboxClosedException"/>.</remarks>
public sealed class IncompleteInputException : Exception
{
    internal IncompleteInputException(string stageName, InboxClosedException end)
        : base($"The input of '{stageName}' ended while '{end.Receiver}' waited for more of it ({end.DelegationPath}): what it had received is lost. Handle the end there: receive with 'TryReceiveAsync' or 'await foreach', or catch the InboxClosedException. If nothing is lost by it, let the run have IncompleteInput.End.", end)
    {
        StageName = stageName;
        DelegationPath = end.DelegationPath;
    }

    /// <summary>The stage's name: that of its node, or of the target.</summary>
    public string StageName { get; }

    /// <summary>The stage's coroutine and those that it delegated to, the outermost first, such as <c>Sums > ReadBlock</c>: the last one
    /// waited for an item. Of a path of more than eight, the first and the last four.</summary>
    public string DelegationPath { get; }
}
