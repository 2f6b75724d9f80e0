namespace Sluice.Tests;

/// <summary>An item with parts.</summary>
public sealed record Order(int Number, string? Text, int[] Places)
{
    public bool Equals(Order? other) => other is not null && (Number, Text) == (other.Number, other.Text) && Places.SequenceEqual(other.Places);

    public override int GetHashCode() => Number;
}
