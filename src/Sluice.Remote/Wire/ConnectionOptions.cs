namespace Sluice;

/// <summary>Limits and times of a <see cref="Connection"/>. Thread safety: immutable.</summary>
internal sealed class ConnectionOptions
{
    internal static readonly ConnectionOptions Default = new();

    /// <summary>The least that <see cref="MaxFrameSize"/> may be set to, in bytes, by users: what the protocol itself sends has room.</summary>
    internal const int MinMaxFrameSize = 1024;

    /// <summary>The number of bytes that a frame may have, both ways, from its kind to its end. Default: 128 MiB.</summary>
    internal int MaxFrameSize { get; init; } = 128 * 1024 * 1024;

    /// <summary>The time that the other side may be silent before it counts as lost; after a third of it it is asked whether it is there.
    /// Default: 15 seconds. Infinite: never.</summary>
    internal TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The time that a close may take to send what is left and to hear the other side's goodbye. Default: 5 seconds.</summary>
    internal TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The number of bytes that may be kept, sent or not, until the other side has acknowledged them, where a broken connection is
    /// repaired: more is a failure. Default: 512 MiB.</summary>
    internal long MaxKeptBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>The clock of the times above. Default: the system's.</summary>
    internal TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Starts the connection's threads. Default: the system does. Throws <see cref="OutOfMemoryException"/> if there is none to be had.</summary>
    internal Action<Thread> StartThread { get; init; } = static thread => thread.UnsafeStart();
}
