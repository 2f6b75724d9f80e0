namespace Sluice;

/// <summary>A target that was started, for callers that do not know the type of its items.</summary>
internal interface IStartedTarget
{
    string Name { get; }

    CoroutineStatus Status { get; }

    bool IsClosed { get; }

    Task Completion { get; }

    ValueTask ThrowAsync(Exception error);

    ValueTask CloseAsync();
}
