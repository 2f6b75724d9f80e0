namespace Sluice.Durable;

/// <summary>What a new output does about files that are there already. An empty file counts as none.</summary>
public enum ExistingOutput
{
    /// <summary>They are kept, and new bytes come behind.</summary>
    Append,

    /// <summary>They are deleted.</summary>
    Replace,

    /// <summary>They are an error.</summary>
    Refuse,
}
