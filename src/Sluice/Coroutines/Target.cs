namespace Sluice;

/// <summary>The sending side of anything that takes items: a coroutine, an operator, the edge to the next stage.</summary>
/// <remarks>
/// A send completes when the receiver is ready for the next item, so awaiting each send is the back-pressure. Thread
/// safety: members may be called from any thread unless a derived class says otherwise; inside a pipeline only the
/// stage that was given the target may use it.
/// </remarks>
/// <typeparam name="T">The type of the items.</typeparam>
public abstract class Target<T> : IAsyncDisposable
{
    /// <summary>Gets whether a send would be refused. A hint: a target that is open now may end before the next send.</summary>
    public virtual bool IsClosed => false;

    /// <summary>Hands over one item; completes when the receiver is ready for the next one.</summary>
    /// <param name="item">The item.</param>
    /// <returns>Completed already, without allocation, if the receiver did not have to wait. Await it at most once.</returns>
    /// <exception cref="TargetClosedException">Awaited: the receiver has ended or was closed.</exception>
    /// <exception cref="Exception">Awaited: the error that the receiver raised while it handled the item.</exception>
    public abstract ValueTask SendAsync(T item);

    /// <summary>Raises an error at the receiver's await; completes when the receiver has handled it.</summary>
    /// <param name="error">The error to raise there.</param>
    /// <returns>Completes normally if the receiver caught the error and waits again or has ended.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="error"/> is null.</exception>
    /// <exception cref="TargetClosedException">Awaited: the receiver had ended; the inner exception is the reason, or is
    /// <paramref name="error"/>.</exception>
    /// <exception cref="Exception">Awaited: <paramref name="error"/> itself if the receiver did not catch it, or
    /// the error that it raised instead.</exception>
    public abstract ValueTask ThrowAsync(Exception error);

    /// <summary>Ends the receiver's loop, behind the sends that already wait; completes when the receiver has finished.</summary>
    /// <remarks>Closing a target twice, or one that has ended, does nothing.</remarks>
    /// <returns>Completes when the receiver's code after its loop is done; in a pipeline, when everything behind it is.</returns>
    /// <exception cref="Exception">Awaited: what the receiver raised while it finished.</exception>
    public abstract ValueTask CloseAsync();

    /// <summary>The same as <see cref="CloseAsync"/>, so that <c>await using</c> closes the target.</summary>
    /// <returns>As <see cref="CloseAsync"/>.</returns>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return CloseAsync();
    }
}
