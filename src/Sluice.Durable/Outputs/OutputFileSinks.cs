using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Sluice.Durable;

namespace Sluice;

/// <summary>Sinks that write files in parts, or show only what is committed. Thread safety: any thread.</summary>
public static class OutputFileSinks
{
    extension(Sink)
    {
        /// <summary>Writes each item as a line to a file, or a row of files, in UTF-8 with line feeds: exactly once in a job.</summary>
        /// <remarks>Unlike <see cref="Sink.WriteLines(string, bool, WriteLinesOptions)"/> it has the options of <see cref="OutputFile"/>, also in a run without a job; there the lines are committed once, at the end of the run,
        /// and what a run that failed has written stays with <see cref="OutputCommit.Truncate"/>, and is not shown with <see cref="OutputCommit.Rename"/>. Writing blocks.</remarks>
        /// <param name="path">The file; its folder must be there. The names of parts are made from it.</param>
        /// <param name="options">How it is written. What is there already is kept by default: see <see cref="OutputFileOptions.Existing"/>.</param>
        /// <returns>The sink.</returns>
        /// <exception cref="ArgumentException">Thrown: <paramref name="path"/> is null or empty, or there are no options.</exception>
        public static Sink<string> WriteLines(string path, OutputFileOptions options) => Make<string>(path, options, Sink.EncodeLine, "WriteLines");

        /// <summary>Writes bytes to a file, or a row of files, without anything between two items: exactly once in a job.</summary>
        /// <remarks>As <c>WriteLines</c> with <see cref="OutputFileOptions"/>. An item is never divided between two files.</remarks>
        /// <param name="path">The file; its folder must be there. The names of parts are made from it.</param>
        /// <param name="options">How it is written.</param>
        /// <returns>The sink.</returns>
        /// <exception cref="ArgumentException">Thrown: <paramref name="path"/> is null or empty, or there are no options.</exception>
        public static Sink<ReadOnlyMemory<byte>> WriteBytes(string path, OutputFileOptions options) => Make<ReadOnlyMemory<byte>>(path, options, Sink.EncodeBytes, "WriteBytes");

        /// <summary>Writes each item as a line of JSON to a file, or a row of files: exactly once in a job.</summary>
        /// <remarks>As <c>WriteLines</c> with <see cref="OutputFileOptions"/>.</remarks>
        /// <typeparam name="T">The type of the items. Its codec is found by reflection.</typeparam>
        /// <param name="path">The file; its folder must be there. The names of parts are made from it.</param>
        /// <param name="options">How it is written.</param>
        /// <param name="json">Options of the text; default those of <see cref="JsonSerializer"/>. A text is on one line whatever they say.</param>
        /// <returns>The sink.</returns>
        /// <exception cref="ArgumentException">Thrown: <paramref name="path"/> is null or empty, or there are no options.</exception>
        [RequiresUnreferencedCode("The members of the items are found by reflection.")]
        [RequiresDynamicCode("Code for the items' types is made at run time.")]
        public static Sink<T> WriteJsonLines<T>(string path, OutputFileOptions options, JsonSerializerOptions? json = null) => Make<T>(path, options, Sink.JsonLineEncoder<T>(json), "WriteJsonLines");
    }

    private static Sink<T> Make<T>(string path, OutputFileOptions options, RecordEncoder<T> encode, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        var request = new OutputFileRequest<T>(path, options, encode);
        return Sink.Create<T>(items => request.Write(items), name, request, StagedSinks.RefusesPolicies);
    }
}
