namespace Sluice.Tests;

/// <summary>Something that a stage waits for and the test brings about; the stage goes on on a pool thread.</summary>
internal sealed class Signal
{
    private readonly TaskCompletionSource _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task Task => _source.Task;

    /// <summary>The same, also a second time.</summary>
    internal void TrySet() => _source.TrySetResult();

    internal void Set() => _source.SetResult();

    internal void Fail(Exception error) => _source.SetException(error);
}
