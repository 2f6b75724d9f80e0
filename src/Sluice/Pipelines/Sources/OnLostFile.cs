namespace Sluice;

/// <summary>The behaviour of a durable source that follows a file, if what it has not read yet is not to be found any more.</summary>
public enum OnLostFile
{
    /// <summary>It fails with an <see cref="IOException"/> that names the place behind which lines are lost.</summary>
    Fail,

    /// <summary>It leaves them out and begins with the file that has the name.</summary>
    BeginWithNew,
}
