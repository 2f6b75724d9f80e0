namespace Sluice;

/// <summary>The target of a source that had ended when its state was stored: nothing more is wanted of it.</summary>
internal sealed class UnwantedTarget<T>(string source) : Target<T>
{
    public override bool IsClosed => true;

    public override ValueTask SendAsync(T item) => RefuseAsync();

    public override ValueTask ThrowAsync(Exception error) => RefuseAsync();

    public override ValueTask CloseAsync() => ValueTask.CompletedTask;

    private ValueTask RefuseAsync() => ValueTask.FromException(new TargetClosedException(this, source, null, failed: false));
}
