namespace Sluice;

/// <summary>The rule by which an item is late: see <see cref="EventTime{T}.LateRule"/>.</summary>
public enum LateRule
{
    /// <summary>An item is late if all windows that it belongs to were sent already. One that is older than the watermark, and still finds a
    /// window open, is not.</summary>
    WindowsSent,

    /// <summary>An item is late if it is older than the watermark, also if it would find a window open.</summary>
    BehindWatermark,
}
