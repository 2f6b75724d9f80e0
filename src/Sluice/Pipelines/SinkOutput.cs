namespace Sluice;

/// <summary>The output of a sink in a run whose state is kept: what it is given before a mark belongs to the checkpoint of that mark, and is shown when that is committed.</summary>
/// <remarks>The code that keeps the state derives classes from it. The members here are called within the strand of the sink's node.</remarks>
internal abstract class SinkOutput
{
    /// <summary>The mark is at the sink, or the sink has ended before: all that was added so far belongs to it. A mark may be dropped afterwards; what it has belongs to the next one then.</summary>
    /// <param name="number">The number of the mark; greater than all before.</param>
    internal abstract void Cut(long number);
}

/// <summary>The same for items of a type.</summary>
internal abstract class SinkOutput<T> : SinkOutput
{
    /// <summary>Takes an item. What it throws fails the sink.</summary>
    internal abstract void Add(T item);
}

/// <summary>Makes the outputs of a run whose state is kept.</summary>
internal interface IOutputMaker
{
    /// <summary>Makes the output of a sink that writes to a file.</summary>
    /// <param name="request">The file.</param>
    /// <param name="node">The name of the sink's node.</param>
    /// <returns>The output; null: the path is a pipe or a device, which the sink writes to as ever.</returns>
    SinkOutput? MakeFile<T>(FileRequest<T> request, string node);
}

/// <summary>What a sink writes to, as a run whose state is kept makes it. It is a part of a blueprint.</summary>
internal abstract class OutputRequest
{
    /// <summary>Makes the output for one run, before the nodes of the run start.</summary>
    /// <returns>Null: the sink works as in any other run.</returns>
    internal abstract SinkOutput? Make(IOutputMaker maker, string node);
}

/// <summary>A file to which items are written one behind the other.</summary>
/// <param name="path">The path.</param>
/// <param name="append">Whether what is there stays.</param>
/// <param name="encode">Writes the bytes of an item.</param>
internal sealed class FileRequest<T>(string path, bool append, RecordEncoder<T> encode) : OutputRequest
{
    internal string Path => path;

    internal bool Append => append;

    internal RecordEncoder<T> Encode => encode;

    internal override SinkOutput? Make(IOutputMaker maker, string node) => maker.MakeFile(this, node);
}
