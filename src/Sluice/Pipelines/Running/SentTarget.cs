namespace Sluice;

/// <summary>The target of a source under an error policy, which has to know whether it has sent anything since it was started.</summary>
internal sealed class SentTarget<T>(Target<T> next, SourceRun<T> run) : Target<T>
{
    public override bool IsClosed => next.IsClosed;

    public override ValueTask SendAsync(T item)
    {
        run.HasSent = true;
        return next.SendAsync(item);
    }

    public override ValueTask ThrowAsync(Exception error) => next.ThrowAsync(error);

    public override ValueTask CloseAsync() => next.CloseAsync();
}
