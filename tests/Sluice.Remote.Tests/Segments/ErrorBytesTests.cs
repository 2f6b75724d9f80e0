using System.Runtime.CompilerServices;
using Sluice.Bytes;

namespace Sluice.Tests;

/// <summary>Exceptions as bytes and back.</summary>
public sealed class ErrorBytesTests
{
    [Fact]
    public void What_an_exception_was_made_of_comes_back()
    {
        Assert.Equal(5, RoundTrip(new ArgumentOutOfRangeException("count", 5, "too large")).ActualValue);
        Assert.Equal(TimeSpan.FromSeconds(1.5), RoundTrip(new ArgumentOutOfRangeException("time", TimeSpan.FromSeconds(1.5), "too long")).ActualValue);
        Assert.Equal("Monday", RoundTrip(new ArgumentOutOfRangeException("day", DayOfWeek.Monday, "no day of work")).ActualValue);
        Assert.Equal("1.2", RoundTrip(new ArgumentOutOfRangeException("part", new Version(1, 2), "not yet")).ActualValue);
        Assert.Equal(2.5m, RoundTrip(new SwitchExpressionException(2.5m)).UnmatchedValue);
        Assert.Null(RoundTrip(new ArgumentOutOfRangeException("count", "too large")).ActualValue);
    }

    private static T RoundTrip<T>(T error)
        where T : Exception
    {
        var bytes = new ByteSink();
        ErrorBytes.Write(bytes, error);
        var back = Assert.IsType<T>(ErrorBytes.Read(new ByteSource(bytes.Written.ToArray()), SnapshotOptions.Default, "there"));
        Assert.Equal(error.Message, back.Message);
        return back;
    }
}
