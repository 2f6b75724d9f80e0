namespace Sluice.Tool;

/// <summary>Where a command reads and writes.</summary>
/// <param name="Output">The standard output.</param>
/// <param name="Error">The standard error.</param>
/// <param name="Input">The standard input.</param>
/// <param name="IsOutputTerminal">Whether people read the output as it comes: then tables have lines.</param>
/// <param name="IsInputTerminal">Whether there is someone to answer a question.</param>
internal sealed record ToolConsole(TextWriter Output, TextWriter Error, TextReader Input, bool IsOutputTerminal, bool IsInputTerminal)
{
    internal static ToolConsole OfProcess() => new(Console.Out, Console.Error, Console.In, !Console.IsOutputRedirected, !Console.IsInputRedirected);

    /// <summary>Asks a question, to which the answer is no unless it is yes.</summary>
    /// <param name="question">What a yes brings about, as a sentence.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer.</param>
    /// <exception cref="ToolException">The answer was no, or no one can answer.</exception>
    internal async Task ConfirmAsync(string question, CancellationToken cancellationToken)
    {
        if (!IsInputTerminal)
        {
            throw new ToolException($"{question} Nothing was done: give --yes to go on without a question.");
        }

        await Error.WriteAsync($"{LogText.Escape(question)} Go on? [y/N] ");
        await Error.FlushAsync(cancellationToken);
        var answer = await Task.Run(Input.ReadLine, CancellationToken.None).WaitAsync(cancellationToken); // a read of a terminal cannot be cancelled
        if (answer?.Trim() is not ("y" or "Y" or "yes"))
        {
            throw new ToolException("Nothing was done: the answer was not y.");
        }
    }
}
