namespace Sluice.Contracts;

/// <summary>The kinds of stored rows.</summary>
public enum StoredKind
{
    /// <summary>The row of a job.</summary>
    Job,

    /// <summary>An entry of the list of committed checkpoints.</summary>
    Committed,

    /// <summary>The state of a node.</summary>
    Node,

    /// <summary>The state of a key.</summary>
    Key,

    /// <summary>The position of a source.</summary>
    Position,

    /// <summary>Staged output.</summary>
    Staged,
}
