namespace Sluice;

/// <summary>The effect of an input that ends while a coroutine that a stage has delegated to waits for more of it, and does not handle
/// the end: its <see cref="InboxClosedException"/> escapes from the stage.</summary>
public enum IncompleteInput
{
    /// <summary>The stage fails with an <see cref="IncompleteInputException"/>: something was read in part, and is lost.</summary>
    Fail,

    /// <summary>The stage ends normally, as it does if its own receive raises that exception.</summary>
    End,
}
