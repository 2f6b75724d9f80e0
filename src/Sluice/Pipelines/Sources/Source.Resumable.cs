using System.Runtime.CompilerServices;

namespace Sluice;

public static partial class Source
{
    /// <summary>Produces what a coroutine sends that knows where it stands: each item comes with the position behind it. So a job can go on exactly there.</summary>
    /// <remarks>
    /// <para>For a source that can be read again from a place: a table, the log of a broker, a service with a cursor. The coroutine looks at
    /// <see cref="ResumableRun{T, TPosition}.Position"/>, which is where it has to begin, and sends from there on. In a job that is the position of the last checkpoint; the
    /// first checkpoint, before anything was sent, has <paramref name="start"/>. If "the end" is meant, look up what it is before the pipeline is made, so that a number is stored.</para>
    /// <para>While it waits for something of its own, a checkpoint is taken at once. It may wait with <c>await</c> only: code that blocks the thread delays checkpoints.</para>
    /// <para>At a crash: what was sent after the last checkpoint is sent again. <see cref="ResumableRun{T, TPosition}.Committed"/> says up to where that cannot happen any more.
    /// An error policy starts it again behind the last item.</para>
    /// <para>Thread safety: as all sources; each run calls the method.</para>
    /// </remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <typeparam name="TPosition">The type of the positions: an immutable one that snapshots may have, such as a number, a text or a record of them.</typeparam>
    /// <param name="start">The position at which it begins.</param>
    /// <param name="body">The coroutine. It ends when there is nothing more.</param>
    /// <param name="name">What to call the node; default the method's name.</param>
    /// <param name="detail">A few words for graphs, such as a table's name. Default none.</param>
    /// <param name="expression">Filled in by the compiler.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="body"/> is null.</exception>
    public static Source<T> Resumable<T, TPosition>(
        TPosition start,
        Func<ResumableRun<T, TPosition>, Coroutine> body,
        string? name = null,
        string? detail = null,
        [CallerArgumentExpression(nameof(body))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new(new SourcePoint(new SourceSpec<T>(name ?? NodeNames.Of(body, expression, "Resumable"), NodeNames.Detail(detail), run => body(ResumableRun<T, TPosition>.Of(run, start)))
        {
            HasPosition = true,
            RefusesKeys = PlaceText.RefusalOf(typeof(TPosition)),
            Prepare = run => ResumableRun<T, TPosition>.Of(run, start),
        }));
    }
}
