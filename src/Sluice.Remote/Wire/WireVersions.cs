namespace Sluice;

/// <summary>The versions of the protocol that a side speaks.</summary>
internal readonly record struct WireVersions(byte Min, byte Max)
{
    /// <summary>The versions that this library speaks.</summary>
    internal static readonly WireVersions Own = new(1, 1);

    /// <summary>The highest one that both speak; null if there is none.</summary>
    internal byte? Common(WireVersions other)
    {
        var highest = Math.Min(Max, other.Max);
        return highest >= Math.Max(Min, other.Min) ? highest : null;
    }

    public override string ToString() => Min == Max ? $"version {Min}" : $"versions {Min} to {Max}";
}
