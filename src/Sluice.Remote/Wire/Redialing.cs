namespace Sluice;

#pragma warning disable CA1001 // A source without a timer has nothing to dispose of, and who waits may still look at it.
/// <summary>The client's recovery: it dials again, at once and then with pauses that grow until the two sides have got something across.</summary>
/// <remarks>To be let in is not enough: a transport that breaks before a numbered frame has arrived, either way, has brought nothing, unless it has
/// lasted for a whole window. So where each connection is cut as soon as it is there, pauses grow, and it is given up when nothing has arrived for a
/// window. What the other side has received is known only when it has let this one in again, so until then a break has a whole window to
/// itself. Owner of the fields: the reading thread.</remarks>
internal sealed class Redialing(WireClient client, TimeSpan window, TimeProvider time) : Recovery(window, time)
{
    /// <summary>After a dial that has failed.</summary>
    private static readonly DialPauses s_failed = new(TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(2));

    /// <summary>After a transport that has brought nothing. Shorter ones: the other side is there.</summary>
    private static readonly DialPauses s_fruitless = new(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(250));

    private readonly CancellationTokenSource _stop = new();
    private long _received; // frames of the other side, at the last break
    private long _arrived; // frames of this side at the other one, as it last said
    private long _since; // the first break since something has arrived
    private long _resumedAt;
    private int _resumptions; // since then; the last one may have brought something

    internal override Resumption Next(long received, Exception why)
    {
        var began = Time.GetTimestamp();
        if (_resumptions == 0 || received > _received || Time.GetElapsedTime(_resumedAt) >= Window)
        {
            (_since, _resumptions) = (began, 0);
        }

        _received = received;
        for (var failures = 0; ; failures++)
        {
            Pause(failures, Window - Time.GetElapsedTime(began));
            var left = Window - Time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || IsStopped)
            {
                throw TooLate(why);
            }

            Resumption next;
            try
            {
                next = client.Redial(received, left, _stop.Token);
            }
            catch (WireRefusedException refusal) when (refusal.Reason != RefusalReason.Busy)
            {
                throw new IOException($"The connection broke ({why.Message}) and cannot be restored: {refusal.Message}", refusal);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                why = error; // tried again; told if the window passes
                continue;
            }

            return Checked(next, began, why);
        }
    }

    internal override void Stop()
    {
        _stop.Cancel();
        base.Stop();
    }

    /// <summary>Its number says whether the transport before has carried anything.</summary>
    private Resumption Checked(Resumption next, long began, Exception why)
    {
        if (next.Received > _arrived)
        {
            (_arrived, _since, _resumptions) = (next.Received, began, 0);
        }
        else if (Time.GetElapsedTime(_since) >= Window)
        {
            next.Transport.Close();
            throw new IOException(
                $"The connection was restored {_resumptions} times and broke each time before anything was acknowledged, for {Duration.Text(Window)}: {why.Message}", why);
        }

        _resumptions++;
        _resumedAt = Time.GetTimestamp();
        return next;
    }

    private void Pause(int failures, TimeSpan left)
    {
        var pause = failures > 0 ? s_failed.Before(failures) : _resumptions > 1 ? s_fruitless.Before(_resumptions - 1) : TimeSpan.Zero;
        if (pause == TimeSpan.Zero)
        {
            return;
        }

        lock (Gate)
        {
            Await(static () => false, pause < left ? pause : left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
    }
}
