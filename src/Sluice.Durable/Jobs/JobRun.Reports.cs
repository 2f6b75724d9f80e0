using Sluice.Durable;

namespace Sluice;

/// <content>Sources learn that their positions are committed (rule 14): only then may they acknowledge.</content>
public sealed partial class JobRun<TResult>
{
    /// <summary>Makes the reports. The checkpoint is committed, so a failure is not one of the checkpoint but of the run.</summary>
    private async Task FailIfNotReportedAsync(IReadOnlyCollection<CommitReport> reports)
    {
        try
        {
            await ReportCommitAsync(reports).ConfigureAwait(false);
        }
        catch (CommitReportException error)
        {
            Fail(error);
        }
    }

    /// <exception cref="CommitReportException">Awaited: a source has failed.</exception>
    private async Task ReportCommitAsync(IReadOnlyCollection<CommitReport> reports)
    {
        foreach (var report in reports)
        {
            using var limit = new CancellationTokenSource(_options.StoreTimeout, _clock);
            try
            {
                await Task.Run(() => report.MakeAsync(limit.Token).AsTask(), CancellationToken.None).WaitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                throw new CommitReportException(_session.Job, report.Source, limit.IsCancellationRequested ? new TimeoutException($"It had not ended after {_options.StoreTimeout.TotalSeconds:0.###} s.", error) : error);
            }
        }
    }
}
