using System.Runtime.CompilerServices;

namespace Sluice.Tests;

/// <summary>A foreign awaitable whose continuation runs inside <see cref="Complete"/>, on its caller's stack.</summary>
internal sealed class Manual : INotifyCompletion
{
    private readonly Signal _awaited = new();
    private Action? _continuation;

    public bool IsCompleted => false;

    internal Task Awaited => _awaited.Task;

    public Manual GetAwaiter() => this;

    public void OnCompleted(Action continuation)
    {
        _continuation = continuation;
        _awaited.Set();
    }

    public void GetResult()
    {
    }

    internal void Complete() => _continuation!();
}
