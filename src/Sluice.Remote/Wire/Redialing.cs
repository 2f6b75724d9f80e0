namespace Sluice;

#pragma warning disable CA1001 // A source without a timer has nothing to dispose of, and who waits may still look at it.
/// <summary>The client's recovery: it dials again, at once and then with pauses that grow.</summary>
internal sealed class Redialing(WireClient client, TimeSpan window, TimeProvider time) : Recovery(window, time)
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();

    internal override Resumption Next(long received, Exception why)
    {
        var began = Time.GetTimestamp();
        for (var pause = s_firstPause; ; pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause)
        {
            var left = Window - Time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || IsStopped)
            {
                throw TooLate(why);
            }

            try
            {
                return client.Redial(received, left, _stop.Token);
            }
            catch (WireRefusedException refusal) when (refusal.Reason != RefusalReason.Busy)
            {
                throw new IOException($"The connection broke ({why.Message}) and cannot be restored: {refusal.Message}", refusal);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                why = error; // tried again; told if the window passes
            }

            lock (Gate)
            {
                // Not all clients of a server that has come back should dial at the same moment.
                Await(static () => false, pause * (0.5 + Random.Shared.NextDouble()));
            }
        }
    }

    internal override void Stop()
    {
        _stop.Cancel();
        base.Stop();
    }
}
