namespace Sluice;

/// <summary>Brings code that awaits a <see cref="Task"/> on the loop back to it. One for each loop, so that a method that ends on
/// the loop resumes the one that awaits it at once, as part of its own turn.</summary>
internal sealed class LoopContext(EventLoop loop) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state) => loop.PostFromAnywhere(new(d, state));

    /// <summary>Waits until the loop has run it, if the caller is another thread.</summary>
    public override void Send(SendOrPostCallback d, object? state)
    {
        if (loop.IsOnThread)
        {
            d(state);
            return;
        }

        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.PostFromAnywhere(new((Action)Run, null));
        sent.Task.GetAwaiter().GetResult();

        void Run()
        {
            try
            {
                d(state);
                sent.SetResult();
            }
            catch (Exception error) // it is the sender's
            {
                sent.SetException(error);
            }
        }
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>An <c>async void</c> method began: the loop does not end before it.</summary>
    public override void OperationStarted() => loop.ChangeVoidMethods(1);

    public override void OperationCompleted() => loop.ChangeVoidMethods(-1);
}
