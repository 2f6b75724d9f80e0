using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>Dates with times as numbers, to the last bit: ticks * 4 + kind. A local time in daylight saving time, at an hour that the clocks show twice,
/// has a kind of its own, 3, which no property shows; without it the second of the two hours would be converted as the first.</summary>
internal static class DateTimes
{
    private const ulong LocalTwice = 3;
    private const int KindShift = 62;

    internal static ulong ToBits(DateTime value)
    {
        var data = Unsafe.BitCast<DateTime, ulong>(value); // the kind in the two highest bits, the ticks below
        return (data << 2) | (data >> KindShift);
    }

    /// <exception cref="ArgumentException">Thrown: no date and time has these ticks.</exception>
    internal static DateTime FromBits(ulong bits)
    {
        var (ticks, kind) = ((long)(bits >> 2), bits & 3);
        var value = new DateTime(ticks, kind == LocalTwice ? DateTimeKind.Local : (DateTimeKind)kind);
        return kind == LocalTwice ? Unsafe.BitCast<ulong, DateTime>((ulong)ticks | (LocalTwice << KindShift)) : value;
    }
}
