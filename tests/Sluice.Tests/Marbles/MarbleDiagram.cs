using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Sluice.Tests;

/// <summary>An operator that a diagram of the documentation shows: its text there is the text of the code that runs here.</summary>
internal sealed partial class MarbleDiagram
{
    private readonly Func<MarbleRun, Pipeline> _build;

    private MarbleDiagram(string expression, Func<MarbleRun, Pipeline> build)
    {
        _build = build;
        Text = Space().Replace(expression[(expression.IndexOf("=>", StringComparison.Ordinal) + 2)..], " ").Trim();
    }

    internal string Text { get; }

    internal PipelineGraph Graph => _build(new MarbleRun(["|", "|"])).Graph;

    internal Task<string[]> Run(MarbleRun run) => run.Run(_build(run));

    internal static MarbleDiagram Of<TOut>(Func<Source<string>, Source<TOut>> code, [CallerArgumentExpression(nameof(code))] string text = "") =>
        new(text, run => code(run.Source()).To(run.Sink<TOut>()));

    internal static MarbleDiagram OfTwo<TOut>(Func<Source<string>, Source<string>, Source<TOut>> code, [CallerArgumentExpression(nameof(code))] string text = "") =>
        new(text, run => code(run.Source(), run.Source()).To(run.Sink<TOut>()));

    internal static MarbleDiagram ToTwo(Func<Source<string>, Sink<string>, Sink<string>, Pipeline> code, [CallerArgumentExpression(nameof(code))] string text = "") =>
        new(text, run => code(run.Source(), run.Sink<string>(), run.Sink<string>()));

    /// <summary>With the items that are kept aside as a second line below.</summary>
    internal static MarbleDiagram WithAside<TOut>(Func<Source<string>, Action<string>, Source<TOut>> code, [CallerArgumentExpression(nameof(code))] string text = "") =>
        new(text, run =>
        {
            var sink = run.Sink<TOut>();
            return code(run.Source(), run.Output()).To(sink);
        });

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
