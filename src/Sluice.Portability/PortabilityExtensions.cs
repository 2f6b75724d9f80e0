using System.Diagnostics.CodeAnalysis;

namespace Sluice;

/// <summary>Looks at what of a pipeline, or a part of one, a snapshot could not store.</summary>
/// <remarks>Thread safety: any thread.</remarks>
public static class PortabilityExtensions
{
    /// <param name="source">The source.</param>
    /// <typeparam name="T">The type of the items.</typeparam>
    extension<T>(Source<T> source)
    {
        /// <summary>Lists what of the source, and of all before it, could not be stored in a snapshot, and why, without running it: for your tests.</summary>
        /// <param name="options">As for the snapshot; default the application's own types, and nothing outside.</param>
        /// <returns>The report.</returns>
        [RequiresUnreferencedCode("It reads the code of the stages.")]
        [RequiresDynamicCode("Codecs are compiled for the types of captured variables.")]
        public PortabilityReport CheckPortable(SnapshotOptions? options = null) => PortabilityCheck.Of([source.Point], options);
    }

    /// <param name="stage">The stage.</param>
    /// <typeparam name="TIn">The type of the items that go in.</typeparam>
    /// <typeparam name="TOut">The type of the items that come out.</typeparam>
    extension<TIn, TOut>(Stage<TIn, TOut> stage)
    {
        /// <summary>Lists what of the stages could not be stored in a snapshot, and why, without running them: for your tests.</summary>
        /// <param name="options">As for the snapshot; default the application's own types, and nothing outside.</param>
        /// <returns>The report.</returns>
        [RequiresUnreferencedCode("It reads the code of the stages.")]
        [RequiresDynamicCode("Codecs are compiled for the types of captured variables.")]
        public PortabilityReport CheckPortable(SnapshotOptions? options = null) => PortabilityCheck.Of(stage.Specs, options);
    }

    /// <param name="sink">The sink.</param>
    /// <typeparam name="T">The type of the items.</typeparam>
    extension<T>(Sink<T> sink)
    {
        /// <summary>Lists what of the sink, and of all behind it, could not be stored in a snapshot, and why, without running it: for your tests.</summary>
        /// <param name="options">As for the snapshot; default the application's own types, and nothing outside.</param>
        /// <returns>The report.</returns>
        [RequiresUnreferencedCode("It reads the code of the stages.")]
        [RequiresDynamicCode("Codecs are compiled for the types of captured variables.")]
        public PortabilityReport CheckPortable(SnapshotOptions? options = null) => PortabilityCheck.Of([sink.Point], options);
    }

    /// <param name="pipeline">The pipeline.</param>
    extension(Pipeline pipeline)
    {
        /// <summary>Lists what of the pipeline could not be stored in a snapshot, and why, without running it: for your tests.</summary>
        /// <param name="options">As for the snapshot; default the application's own types, and nothing outside.</param>
        /// <returns>The report.</returns>
        [RequiresUnreferencedCode("It reads the code of the stages.")]
        [RequiresDynamicCode("Codecs are compiled for the types of captured variables.")]
        public PortabilityReport CheckPortable(SnapshotOptions? options = null) => PortabilityCheck.Of(pipeline.Graph.Nodes.Select(static node => node.Spec), options);
    }

    /// <param name="pipeline">The pipeline.</param>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    extension<TResult>(Pipeline<TResult> pipeline)
    {
        /// <summary>Lists what of the pipeline could not be stored in a snapshot, and why, without running it: for your tests.</summary>
        /// <param name="options">As for the snapshot; default the application's own types, and nothing outside.</param>
        /// <returns>The report.</returns>
        [RequiresUnreferencedCode("It reads the code of the stages.")]
        [RequiresDynamicCode("Codecs are compiled for the types of captured variables.")]
        public PortabilityReport CheckPortable(SnapshotOptions? options = null) => PortabilityCheck.Of(pipeline.Graph.Nodes.Select(static node => node.Spec), options);
    }
}
