namespace Sluice.Tests;

/// <summary>The rules of PEP 342, 380 and 479, one a line; see <see cref="PythonTranscript"/> for how to read them. Where the
/// library differs on purpose the calls stop before: a result is told each time, not once.</summary>
public sealed class GeneratorPythonTests
{
    /// <summary>Rule | body | calls | transcript.</summary>
    private const string Alone = """
        PEP 342: a yield gives what is sent, None if next() resumes it     | echo           | next next next        | begin =1 got: =2 got: stop:r
        PEP 342: a yield gives what is sent, None if next() resumes it     | echo           | next send:a send:b    | begin =1 got:a =2 got:b stop:r
        PEP 342: send(None) is next()                                      | echo           | null null             | begin =1 got: =2
        PEP 342: a generator that has not started takes only None          | echo           | send:a next           | !unstarted begin =1
        PEP 342: send() gives the next yielded value                       | echo           | next send:a           | begin =1 got:a =2
        PEP 342: throw() raises at the yield and gives the next value      | guarded        | next throw next       | =1 caught =3 finally stop:r
        PEP 342: throw() raises at the yield and gives the next value      | handling       | next throw throw next | =1 caught =1 caught =1 stop:r
        PEP 342: throw() is StopIteration if the body then returns         | catching       | next throw            | =1 caught stop:r
        PEP 342: throw() is the error itself if the body does not catch it | nested         | next throw next       | =1 first second !value stop
        PEP 342: throw() before the start runs nothing and ends it         | guarded        | throw next            | !value stop
        PEP 342: throw() after the end raises the error                    | guarded        | next next next throw  | =1 after =2 finally stop:r !value
        PEP 342: throw() after the end raises the error                    | guarded        | next close throw      | =1 finally ok !value
        PEP 342: close() raises GeneratorExit at the yield                 | tidy           | next close            | =1 exit ok
        PEP 342: close() is done if GeneratorExit escapes                  | guarded        | next close next       | =1 finally ok stop
        PEP 342: close() before the start runs nothing and ends it         | guarded        | close next            | ok stop
        PEP 342: close() before the start runs nothing and ends it         | guarded        | close send:a          | ok stop
        PEP 342: close() after the end does nothing                        | guarded        | next close close      | =1 finally ok ok
        PEP 342: close() after the end does nothing                        | guarded        | next next next close  | =1 after =2 finally stop:r ok
        PEP 342: close() after the end does nothing                        | failing        | next next close       | =1 !value ok
        PEP 342: close() is RuntimeError if the body yields again          | ignoring       | next close next       | =1 exit !ignored stop:r
        PEP 342: close() is RuntimeError if the body yields again          | ignoring       | next close close      | =1 exit !ignored ok
        PEP 342: close() gives what else the body raises                   | raising        | next close next       | =1 finally !value stop
        PEP 342: close() gives what else the body raises                   | translating    | next close next       | =1 exit !value stop
        PEP 342: try/finally may contain yields                            | finally yields | next next next        | =1 finally =2 end stop
        PEP 342: try/finally may contain yields                            | finally yields | next close close      | =1 finally !ignored ok
        PEP 342: try/finally may contain yields                            | finally yields | next close next       | =1 finally !ignored end !exit
        PEP 342: try/finally may contain yields                            | finally yields | next throw next       | =1 finally =2 end !value
        PEP 342: finally blocks run from the inside out                    | nested         | next close            | =1 first second ok
        PEP 342: finally blocks run from the inside out                    | nested         | next next             | =1 first second stop:r
        PEP 342: GeneratorExit that is thrown in comes out again           | guarded        | next exit next        | =1 finally !exit stop
        PEP 342: GeneratorExit that is thrown in comes out again           | tidy           | next exit             | =1 exit stop:r
        PEP 342: an error of the body ends it                              | failing        | next next next        | =1 !value stop
        PEP 479: StopIteration that escapes is RuntimeError                | leaking        | next next next        | =1 finally !runtime stop
        PEP 479: StopIteration that escapes is RuntimeError                | leaking        | next close next       | =1 finally !runtime stop
        PEP 479: StopIteration that escapes is RuntimeError                | leaking        | next throw next       | =1 finally !runtime stop
        PEP 479: StopIteration that is thrown in and escapes is too        | guarded        | next stop next        | =1 finally !runtime stop
        """;

    /// <summary>Rule of PEP 380 | outer bodies around it | body | calls | transcript.</summary>
    private const string Delegating = """
        values pass to the caller, the result to yield from                     | 1 | echo           | next next next next  | begin =1 got: =2 got: result:r outer-finally =9 stop:R
        values pass to the caller, the result to yield from                     | 2 | echo           | next next next next  | begin =1 got: =2 got: result:r outer-finally =9 result:R outer-finally =9
        values pass to the caller, the result to yield from                     | 1 | list           | next next next next  | =1 =2 result: outer-finally =9 stop:R
        values pass to the caller, the result to yield from                     | 1 | empty          | next next            | empty result:r outer-finally =9 stop:R
        what is sent passes to the inner one                                    | 2 | echo           | next send:a send:b   | begin =1 got:a =2 got:b result:r outer-finally =9
        what is sent passes to the inner one                                    | 1 | echo           | send:a next          | !unstarted begin =1
        None that is sent is next() of the inner one                            | 1 | list           | next null null       | =1 =2 result: outer-finally =9
        send() to what has none is AttributeError at yield from                 | 1 | list           | next send:a          | =1 outer-finally !attribute
        send() to what has none is AttributeError at yield from                 | 2 | list           | next send:a          | =1 outer-finally outer-finally !attribute
        throw() passes to the inner one                                         | 1 | handling       | next throw next      | =1 caught =1 result:r outer-finally =9
        throw() passes to the inner one                                         | 2 | guarded        | next throw next next | =1 caught =3 finally result:r outer-finally =9 result:R outer-finally =9
        throw() that the inner one returns after resumes the outer              | 1 | catching       | next throw next      | =1 caught result:r outer-finally =9 stop:R
        throw() that the inner one returns after resumes the outer              | 2 | catching       | next throw next      | =1 caught result:r outer-finally =9 result:R outer-finally =9
        throw() that the inner one does not catch is raised at yield from       | 1 | nested         | next throw next      | =1 first second outer-caught outer-finally =9 stop:R
        throw() that the inner one does not catch is raised at yield from       | 2 | nested         | next throw next      | =1 first second outer-caught outer-finally =9 result:R outer-finally =9
        throw() that the inner one does not catch is raised at yield from       | 1 | list           | next throw next      | =1 outer-caught outer-finally =9 stop:R
        throw() before the start runs nothing                                   | 1 | guarded        | throw next           | !value stop
        an error of the inner one is raised at yield from                       | 1 | failing        | next next next       | =1 outer-caught outer-finally =9 stop:R
        an error of the inner one is raised at yield from                       | 2 | failing        | next next next       | =1 outer-caught outer-finally =9 result:R outer-finally =9
        close() closes the inner one, then raises GeneratorExit in the outer    | 1 | nested         | next close           | =1 first second outer-exit outer-finally ok
        close() closes the inner one, then raises GeneratorExit in the outer    | 2 | nested         | next close           | =1 first second outer-exit outer-finally outer-exit outer-finally ok
        close() closes the inner one, then raises GeneratorExit in the outer    | 1 | list           | next close           | =1 outer-exit outer-finally ok
        close() raises GeneratorExit in the outer also if the inner one returns | 1 | tidy           | next close           | =1 exit outer-exit outer-finally ok
        close() raises GeneratorExit in the outer also if the inner one returns | 2 | tidy           | next close           | =1 exit outer-exit outer-finally outer-exit outer-finally ok
        an error while the inner one is closed is raised at yield from          | 1 | raising        | next close close     | =1 finally outer-caught outer-finally !ignored ok
        an error while the inner one is closed is raised at yield from          | 1 | translating    | next close close     | =1 exit outer-caught outer-finally !ignored ok
        GeneratorExit that is thrown in closes the inner one                    | 1 | nested         | next exit            | =1 first second outer-exit outer-finally !exit
        GeneratorExit that is thrown in closes the inner one                    | 2 | nested         | next exit            | =1 first second outer-exit outer-finally outer-exit outer-finally !exit
        GeneratorExit that is thrown in closes the inner one                    | 1 | tidy           | next exit            | =1 exit outer-exit outer-finally !exit
        close() before the start runs nothing                                   | 1 | guarded        | close next           | ok stop
        after the inner one has ended calls go to the outer                     | 2 | nested         | next next close      | =1 first second result:r outer-finally =9 outer-exit outer-finally ok
        PEP 479 holds at each level                                             | 1 | leaking        | next next            | =1 finally outer-finally !runtime
        PEP 479 holds at each level                                             | 2 | leaking        | next close           | =1 finally outer-finally outer-finally !runtime
        """;

    /// <summary>The same where it takes a generator of its own to ignore a close: coroutines with one exchange are one
    /// generator, and it is that which ignores its close.</summary>
    private const string DelegatingToAnother = """
        close() that the inner one ignores is RuntimeError at yield from        | 1 | ignoring       | next close next      | =1 exit outer-finally !ignored stop
        close() that the inner one ignores is RuntimeError at yield from        | 2 | ignoring       | next close next      | =1 exit outer-finally outer-finally !ignored stop
        close() that the inner one ignores is RuntimeError at yield from        | 1 | finally yields | next close           | =1 finally outer-finally !ignored
        an error while the inner one is closed is raised at yield from          | 2 | raising        | next close close     | =1 finally outer-caught outer-finally outer-finally !ignored ok
        GeneratorExit that is thrown in closes the inner one                    | 1 | ignoring       | next exit            | =1 exit outer-finally !ignored
        """;

    public static TheoryData<string, string, string, string> RowsAlone
    {
        get
        {
            var rows = new TheoryData<string, string, string, string>();
            foreach (var row in Rows(Alone))
            {
                rows.Add(row[0], row[1], row[2], row[3]);
            }

            return rows;
        }
    }

    public static TheoryData<Delegation, string, int, string, string, string> RowsDelegating
    {
        get
        {
            var rows = new TheoryData<Delegation, string, int, string, string, string>();
            foreach (var kind in Enum.GetValues<Delegation>())
            {
                foreach (var row in Rows(Delegating).Concat(kind == Delegation.YieldFrom ? Rows(DelegatingToAnother) : []))
                {
                    rows.Add(kind, row[0], int.Parse(row[1]), row[2], row[3], row[4]);
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(RowsAlone))]
    public void A_generator_does_what_Pythons_does(string rule, string body, string calls, string transcript)
    {
        var bodies = new PythonBodies();

        AssertTranscript(rule, transcript, PythonTranscript.Of(bodies[body], calls, bodies.Said));
    }

    [Theory]
    [MemberData(nameof(RowsDelegating))]
    public void A_delegation_does_what_Pythons_yield_from_does(Delegation kind, string rule, int levels, string body, string calls, string transcript)
    {
        var bodies = new PythonBodies();
        var outermost = bodies[body];
        for (var level = 0; level < levels; level++)
        {
            outermost = bodies.Outer(kind, outermost);
        }

        AssertTranscript(rule, transcript, PythonTranscript.Of(outermost, calls, bodies.Said));
    }

    private static IEnumerable<string[]> Rows(string table) =>
        table.Split('\n').Select(row => row.Split('|', StringSplitOptions.TrimEntries));

    private static void AssertTranscript(string rule, string expected, string actual) =>
        Assert.True(expected == actual, $"{rule}\nCPython: {expected}\nhere:    {actual}");
}
