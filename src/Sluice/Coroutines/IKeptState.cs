namespace Sluice;

/// <summary>State of this library that is stored field by field, and whose parts must fit together: code relies on it to end its loops.</summary>
internal interface IKeptState
{
    /// <summary>Whether they do; asked when a snapshot has been read, before anything uses it. Its fields may have any values.</summary>
    bool IsWhole { get; }
}
