namespace Sluice;

/// <summary>The items that a watermark is for, within <c>ForEachKey</c>: see <see cref="EventTime{T}.Scope"/>.</summary>
public enum WatermarkScope
{
    /// <summary>Each key has a watermark of its own: only its own items close its windows, and make its items late.</summary>
    EachKey,

    /// <summary>All keys have one: the items of any key close the windows of all of them. This is what Flink and Kafka Streams do.</summary>
    AllKeys,
}
