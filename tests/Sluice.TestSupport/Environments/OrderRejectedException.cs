namespace Sluice.Tests;

/// <summary>An exception of the application, with fields of its own and no constructor that others know.</summary>
public sealed class OrderRejectedException(int number, string reason, DayOfWeek day, DateTime since) : InvalidOperationException($"Order {number} was rejected.")
{
    public int Number { get; } = number;

    public string Reason { get; } = reason;

    public DayOfWeek Day { get; } = day;

    public DateTime Since { get; } = since;

    public string Details => $"{Number} {Reason} {Day} {Since:O} {Since.Kind}";
}
