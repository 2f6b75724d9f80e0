using System.Security.Cryptography;

namespace Sluice.Durable;

/// <summary>A part as it was when it was prepared.</summary>
/// <param name="Name">Its file's name.</param>
/// <param name="PublishedName">The name that it gets when the checkpoint is committed; empty: it has it.</param>
/// <param name="Identity">The file.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Hash">The SHA-256 of its last block, at most <see cref="BlockSize"/> bytes.</param>
internal sealed record PartState(string Name, string PublishedName, FileIdentity Identity, long Length, byte[] Hash)
{
    private const int BlockSize = 4096;

    internal static byte[] HashOf(DiskFile file, long length)
    {
        var block = new byte[Math.Min(length, BlockSize)];
        return file.ReadAll(block, length - block.Length) == block.Length
            ? SHA256.HashData(block)
            : throw new EndOfStreamException($"'{file.Path}' ended before byte {length} while it was read.");
    }

    /// <summary>Compares the file with the state.</summary>
    /// <param name="file">The file.</param>
    /// <param name="copy">A file that was copied from the one of the state; default if there is none.</param>
    /// <exception cref="OutputFileChangedException">Thrown: it is another file, or shorter, or its last block differs.</exception>
    internal void Check(DiskFile file, FileIdentity copy)
    {
        var identity = file.Identity;
        if (!identity.IsSameFile(Identity) && (copy == default || !identity.IsSameFile(copy)))
        {
            throw new OutputFileChangedException(file.Path, $"'{file.Path}' is another file ({identity}) than the one that was committed ({Identity}).");
        }

        if (file.Length < Length)
        {
            throw new OutputFileChangedException(file.Path, $"'{file.Path}' has {file.Length} bytes, and {Length} were committed. It is not made longer: the bytes that are gone would be zeros.");
        }

        if (!HashOf(file, Length).AsSpan().SequenceEqual(Hash))
        {
            throw new OutputFileChangedException(file.Path, $"'{file.Path}' has other bytes before byte {Length} than were committed.");
        }
    }
}
