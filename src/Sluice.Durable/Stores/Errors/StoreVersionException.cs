namespace Sluice.Durable;

/// <summary>The store, or a file of a checkpoint, was written by a newer version of the library.</summary>
public sealed class StoreVersionException : StoreException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="store">The store or the file.</param>
    /// <param name="found">The version that was found.</param>
    /// <param name="supported">The highest version that this program knows.</param>
    public StoreVersionException(string store, long found, long supported)
        : base($"{store} has format version {found}, and this program knows versions up to {supported}: a newer version of the library wrote it. Nothing was changed. Run this job with that version.", null)
    {
        Found = found;
        Supported = supported;
    }

    /// <summary>The version that was found.</summary>
    public long Found { get; }

    /// <summary>The highest version that this program knows.</summary>
    public long Supported { get; }

    /// <inheritdoc/>
    public override bool IsTransient => false;
}
