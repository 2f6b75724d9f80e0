namespace Sluice.Tests;

/// <summary>Writes down what a generator did, in the words of Python. The tables hold what CPython 3.11 printed for the same bodies and
/// calls.</summary>
/// <remarks>
/// Calls: <c>next</c>, <c>null</c> = send(None), <c>send:x</c>, <c>throw</c> = throw(ValueError()), <c>exit</c> =
/// throw(GeneratorExit()), <c>stop</c> = throw(StopIteration()), <c>close</c>.
/// Transcript: what the body said; <c>=1</c> a yielded value, <c>stop:r</c> StopIteration, <c>ok</c> a close; <c>!value</c>
/// ValueError (here FormatException), <c>!exit</c> GeneratorExit, <c>!ignored</c> the RuntimeError of a close, <c>!runtime</c>
/// that of PEP 479, <c>!unstarted</c> TypeError, <c>!attribute</c> AttributeError.
/// </remarks>
internal static class PythonTranscript
{
    /// <summary>Makes the calls and adds their outcomes to what the body says.</summary>
    internal static string Of(PythonBodies.Body body, string calls, List<string> said)
    {
        var generator = Generator.Start<string?, int, string?>(body.Invoke);
        foreach (var call in calls.Split(' '))
        {
            said.Add(Outcome(generator, call));
        }

        return string.Join(' ', said);
    }

    private static string Outcome(Generator<string?, int, string?> generator, string call)
    {
        try
        {
            switch (call)
            {
                case "next":
                    return $"={generator.Next()}";
                case "null":
                    return $"={generator.Send(null)}";
                case "throw":
                    return $"={generator.Throw(new FormatException())}";
                case "exit":
                    return $"={generator.Throw(CloseAndCatch())}";
                case "stop":
                    return $"={generator.Throw(Assert.Throws<GeneratorCompletedException>(() => Generator.Start<int>(inner => Bodies.CountTo(inner, 0)).Next()))}";
                case "close":
                    generator.Close();
                    return "ok";
                default:
                    return $"={generator.Send(call["send:".Length..])}";
            }
        }
        catch (Exception error)
        {
            return error switch
            {
                GeneratorCompletedException { Result: { } result } => $"stop:{result}",
                GeneratorCompletedException => "stop",
                ExchangeClosedException => "!exit",
                FormatException => "!value",
                InvalidOperationException { InnerException: GeneratorCompletedException } => "!runtime",
                InvalidOperationException when error.Message.Contains("ignored", StringComparison.Ordinal) => "!ignored",
                InvalidOperationException when error.Message.Contains("not started", StringComparison.Ordinal) => "!unstarted",
                InvalidOperationException => "!attribute",
                _ => $"!{error}",
            };
        }
    }

    /// <summary>The error that a body was closed with.</summary>
    private static ExchangeClosedException CloseAndCatch()
    {
        ExchangeClosedException? caught = null;
        var generator = Generator.Start<int>(async exchange =>
        {
            try
            {
                await exchange.Yield(1);
            }
            catch (ExchangeClosedException error)
            {
                caught = error;
            }
        });
        generator.Next();
        generator.Close();
        return caught!;
    }
}
