namespace Sluice;

/// <summary>An exception in the state of a coroutine. A snapshot has its text: see <see cref="StoredFailureException"/>.</summary>
internal sealed class KeptError
{
    private readonly Exception _error;

    internal KeptError(Exception error) => _error = error;

    internal Exception Error => _error;
}
