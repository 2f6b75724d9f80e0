using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Sluice.Durable;

namespace Sluice;

/// <content>The end of the run, and what is stored of it (rules 13d and 21).</content>
public sealed partial class JobRun<TResult>
{
    /// <summary>Waits for the end of the run, and stores it.</summary>
    private async Task<TResult> EndAsync()
    {
        try
        {
            TResult result;
            try
            {
                result = await _run!.Completion.ConfigureAwait(false);
            }
            finally
            {
                await _ending.CancelAsync().ConfigureAwait(false);
                await _gate.WaitAsync().ConfigureAwait(false); // behind a checkpoint that is being stored
                _gate.Release();
            }

            if (_failed.Task.IsCompleted)
            {
                throw await _failed.Task.ConfigureAwait(false); // of a checkpoint, while the last nodes ended
            }

            await TakeFinalAsync().ConfigureAwait(false);
            await _outputs!.DisposeAsync().ConfigureAwait(false); // before the job is free
            await _session.FinishAsync(StoreResult(result), CancellationToken.None).ConfigureAwait(false);
            return result;
        }
        catch (Exception error)
        {
            await _outputs!.DisposeAsync().ConfigureAwait(false);
            await GiveUpAsync(error).ConfigureAwait(false);
            if (_failed.Task.IsCompleted)
            {
                ExceptionDispatchInfo.Throw(await _failed.Task.ConfigureAwait(false));
            }

            throw;
        }
        finally
        {
            await _over.CancelAsync().ConfigureAwait(false);
            await _session.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The last output of sinks is committed and published before the job is finished, and sources learn that. It needs no mark to go through: all nodes have ended.</summary>
    private async Task TakeFinalAsync()
    {
        while (!_outputs!.IsEmpty || _run!.HasCommitListeners)
        {
            try
            {
                await TakeAsync(null, holdsSources: false, _abandoned.Token, _abandoned.Token).ConfigureAwait(false);
                return;
            }
            catch (Exception error) when (!_failed.Task.IsCompleted && error is not OperationCanceledException && IsCounted(error))
            {
                await Task.Delay(s_retryDelay, _clock, _abandoned.Token).ConfigureAwait(false); // reported and counted; it is tried again
            }
        }
    }

    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Who starts the run says so.")]
    private byte[] StoreResult(TResult result) => result is null ? [] : StoredJob.WriteResult(result, _snapshots);

    /// <summary>The job is given back, so that the next run finds no owner.</summary>
    private async Task GiveUpAsync(Exception error)
    {
        try
        {
            if (_state == JobRunState.Suspended)
            {
                await _session.SuspendAsync(CancellationToken.None).ConfigureAwait(false);
            }
            else if (error is not JobTakenOverException && _session.State == JobSessionState.Open)
            {
                await _session.StopAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception second) when (second is StoreException or JobTakenOverException)
        {
            error.Data["Sluice.Job"] = second.Message; // the first error says why the run ends; the next run finds by itself that the owner is gone
        }
    }
}
