using System.Security.Cryptography;
using System.Text;

namespace Sluice;

/// <summary>A secret that both sides know and neither sends: each proves it with an HMAC-SHA256 of all that the two have said so far, their
/// random numbers included. Never in a log or a message.</summary>
internal sealed class Secret
{
    /// <summary>The shortest secret. A false server gets a proof, and can try secrets against it as fast as it computes.</summary>
    internal const int MinBytes = 16;

    internal const int ProofSize = HMACSHA256.HashSizeInBytes;

    private readonly byte[] _key;

    /// <exception cref="ArgumentException">It has fewer than 16 bytes.</exception>
    internal Secret(ReadOnlySpan<byte> key)
    {
        if (key.Length < MinBytes)
        {
            throw new ArgumentException($"A secret needs at least {MinBytes} bytes.", nameof(key));
        }

        _key = key.ToArray();
    }

    /// <exception cref="ArgumentException">It has fewer than 16 bytes in UTF-8.</exception>
    internal Secret(string text)
        : this(Encoding.UTF8.GetBytes(text))
    {
    }

    /// <summary>The role keeps one side's proof from being used as the other's.</summary>
    internal byte[] Prove(WireRole role, ReadOnlySpan<byte> hello, ReadOnlySpan<byte> challenge)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        hmac.AppendData(role == WireRole.Client ? "Sluice client\0"u8 : "Sluice server\0"u8);
        hmac.AppendData(SHA256.HashData(hello));
        hmac.AppendData(SHA256.HashData(challenge));
        return hmac.GetHashAndReset();
    }

    internal bool IsProof(ReadOnlySpan<byte> proof, WireRole role, ReadOnlySpan<byte> hello, ReadOnlySpan<byte> challenge) =>
        CryptographicOperations.FixedTimeEquals(proof, Prove(role, hello, challenge));

    public override string ToString() => "(a secret)";
}
