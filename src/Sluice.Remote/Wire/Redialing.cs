namespace Sluice;

#pragma warning disable CA1001 // A source without a timer has nothing to dispose of, and who waits may still look at it.
/// <summary>The client's recovery: it dials again, at once and then with pauses that grow until the two sides have got something across.</summary>
/// <remarks>To be let in is not enough: a transport that breaks before a numbered frame has arrived, either way, has brought nothing, unless it has
/// lasted for a whole window. So it counts like a dial that has failed: both make the next pause longer, and only progress makes it short again. It is
/// given up when nothing has arrived for a window. What the other side has received is known only when it has let this one in again, so until then a break has a whole window to
/// itself. Owner of the fields: the reading thread.</remarks>
internal sealed class Redialing(WireClient client, TimeSpan window, TimeProvider time) : Recovery(window, time)
{
    private static readonly DialPauses s_pauses = new(TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(2));

    private readonly CancellationTokenSource _stop = new();
    private long _received; // frames of the other side, at the last break
    private long _arrived; // frames of this side at the other one, as it last said
    private long _since; // the first break since something has arrived
    private long _resumedAt;
    private int _resumptions; // since then; the last one may have brought something
    private int _fruitless; // since then: dials that have failed, and transports that are known to have brought nothing

    internal override Resumption Next(long received, Exception why)
    {
        var began = Time.GetTimestamp();
        if (_resumptions == 0 || received > _received || Time.GetElapsedTime(_resumedAt) >= Window)
        {
            HasProgressed(began);
        }

        _received = received;
        while (true)
        {
            Pause(Window - Time.GetElapsedTime(began));
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
                _fruitless++;
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
            _arrived = next.Received;
            HasProgressed(began);
        }
        else if (Time.GetElapsedTime(_since) >= Window)
        {
            next.Transport.Close();
            throw new IOException(
                $"The connection was restored {_resumptions} times and broke each time before anything was acknowledged, for {Duration.Text(Window)}: {why.Message}", why);
        }
        else if (_resumptions > 0)
        {
            _fruitless++; // the one before; what the very first transport was there for is not known
        }

        _resumptions++;
        _resumedAt = Time.GetTimestamp();
        return next;
    }

    /// <summary>At this break, something had arrived since the one before.</summary>
    private void HasProgressed(long began) => (_since, _resumptions, _fruitless) = (began, 0, 0);

    private void Pause(TimeSpan left)
    {
        if (_fruitless == 0)
        {
            return;
        }

        var pause = s_pauses.Before(_fruitless);
        lock (Gate)
        {
            Await(static () => false, pause < left ? pause : left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
    }
}
