using System.Text;
using Sluice.Durable;

namespace Sluice;

/// <summary>Puts a journal in front of sources that do not know where they stand, so that a job may have them. Thread safety: any thread.</summary>
public static class JournaledSources
{
    /// <summary>Stores the items of a source in a journal before they are passed on, and reads them from there: a job goes on behind the item of its checkpoint, whatever the source was.</summary>
    /// <remarks>
    /// <para>Items are written in batches and passed on when they are on the disk (<see cref="JournalOptions"/>). The source is read as fast as the journal takes it, whatever the job does with the items. What the source had
    /// given and the journal had not taken at a crash is lost: a source that can be asked again needs no journal. After each commit the journal is trimmed; a checkpoint with a name keeps the records from its position on
    /// until the name is taken away. A journal has one reader: the folder is locked.</para>
    /// <para>A job that starts for the first time begins with all that the journal has. The source is run again whenever the job is; when it has ended and all is read, this ends too. What it fails with fails the run when
    /// all before is read. In a run without a job nothing is stored, and items are passed on as they come.</para>
    /// </remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="source">The source.</param>
    /// <param name="folder">The folder of the journal; the one above it must be there.</param>
    /// <param name="write">Gives the bytes of an item.</param>
    /// <param name="read">Makes the item of these; it gets a memory that is valid during the call.</param>
    /// <param name="options">When the journal writes; default those of <see cref="JournalOptions"/>.</param>
    /// <returns>A source with a position.</returns>
    /// <exception cref="ArgumentException">Thrown: an argument is null, or the folder is empty.</exception>
    public static Source<T> Journal<T>(this Source<T> source, string folder, Func<T, ReadOnlyMemory<byte>> write, Func<ReadOnlyMemory<byte>, T> read, JournalOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(write);
        ArgumentNullException.ThrowIfNull(read);
        return Source.CreateWithPosition<T>(run => run.Run.Starter is null ? PassOn(run, source) : new JournaledSource<T>(run, source, write, read).Run(folder, options), "Journal", folder);
    }

    /// <summary>The same for lines and other texts, as UTF-8.</summary>
    /// <inheritdoc cref="Journal{T}(Source{T}, string, Func{T, ReadOnlyMemory{byte}}, Func{ReadOnlyMemory{byte}, T}, JournalOptions)"/>
    public static Source<string> Journal(this Source<string> source, string folder, JournalOptions? options = null) =>
        source.Journal(folder, static text => Encoding.UTF8.GetBytes(text), static bytes => Encoding.UTF8.GetString(bytes.Span), options);

    /// <summary>The same for bytes.</summary>
    /// <inheritdoc cref="Journal{T}(Source{T}, string, Func{T, ReadOnlyMemory{byte}}, Func{ReadOnlyMemory{byte}, T}, JournalOptions)"/>
    public static Source<ReadOnlyMemory<byte>> Journal(this Source<ReadOnlyMemory<byte>> source, string folder, JournalOptions? options = null) =>
        source.Journal(folder, static bytes => bytes, static bytes => bytes.ToArray(), options);

    private static async Coroutine PassOn<T>(SourceRun<T> run, Source<T> source) =>
        await Task.Run(() => source.To(Sink.Create<T>(items => Forward(items, run.Next), "Journal")).RunAsync(run.Cancellation), run.Cancellation);

    private static async Coroutine Forward<T>(Inbox<T> items, Target<T> next)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(item);
        }
    }
}
