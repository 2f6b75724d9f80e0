namespace Sluice;

/// <summary>The failure of an item in an earlier run of a job: the stage waited, by its error policy, to be given the item again, when the state of the run was stored. Exceptions cannot be stored, so
/// this has the type and the text of the one that it was.</summary>
/// <remarks>It is a failure of the run if that fails elsewhere in this wait, so that the item is not tried again. Thread safety: immutable, apart from <see cref="Exception.Data"/>.</remarks>
public sealed class StoredFailureException : Exception
{
    internal StoredFailureException(string failureType, string message)
        : base(message) => FailureType = failureType;

    /// <summary>The name of the type of the exception, with its namespace.</summary>
    public string FailureType { get; }

    /// <summary>For logs: the type and the text of the failure that was stored, and what is known of this one.</summary>
    /// <returns>Some lines.</returns>
    public override string ToString() => $"{FailureType} in an earlier run. {base.ToString()}";
}
