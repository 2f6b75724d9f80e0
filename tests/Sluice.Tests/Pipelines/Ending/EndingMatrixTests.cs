using System.Reflection;

namespace Sluice.Tests;

/// <summary>Every operator and every sink, beside a stage that waits with its token, in every way in which a run can end: it does
/// end, and as what has ended it.</summary>
public sealed class EndingMatrixTests
{
    public static TheoryData<int, string, EndOfRun> OperatorCases => Cases(EndingRows.Operators.Select(row => row.Name), Enum.GetValues<EndOfRun>());

    public static TheoryData<int, string, EndOfRun> WaitingCases => Cases(EndingRows.Waiting.Select(row => row.Name), Enum.GetValues<EndOfRun>());

    /// <summary>Behind a sink nothing ends.</summary>
    public static TheoryData<int, string, EndOfRun> SinkCases =>
        Cases(EndingRows.Sinks.Select(row => row.Name), Enum.GetValues<EndOfRun>().Where(end => end != EndOfRun.Take));

    public static TheoryData<int, string, EndOfRun> FanOutCases =>
        Cases(EndingRows.FanOuts.Select(row => row.Name), [EndOfRun.FailureBefore, EndOfRun.Cancel, EndOfRun.Stop]);

    [Theory]
    [MemberData(nameof(OperatorCases))]
    public async Task An_operator_behind_a_stage_that_waits(int row, string name, EndOfRun end)
    {
        await NoContext.Enter();
        var run = new EndingRun(end);
        Assert.Equal(name, EndingRows.Operators[row].Name);
        await run.EndAsync(EndingRows.Operators[row].Build(run, run.Items.Through<int>(run.Wait)));
    }

    [Theory]
    [MemberData(nameof(OperatorCases))]
    public async Task An_operator_before_a_stage_that_waits(int row, string name, EndOfRun end)
    {
        await NoContext.Enter();
        var run = new EndingRun(end);
        Assert.Equal(name, EndingRows.Operators[row].Name);
        await run.EndAsync(EndingRows.Operators[row].Build(run, run.Items).Through<int>(run.Wait));
    }

    [Theory]
    [MemberData(nameof(OperatorCases))]
    public async Task An_operator_that_holds_what_it_holds(int row, string name, EndOfRun end)
    {
        await NoContext.Enter();
        var run = new EndingRun(end);
        Assert.Equal(name, EndingRows.Operators[row].Name);
        await run.EndAsync(EndingRows.Operators[row].Build(run, run.Items).Where(_ => false));
    }

    [Theory]
    [MemberData(nameof(WaitingCases))]
    public async Task What_waits_with_its_token(int row, string name, EndOfRun end)
    {
        await NoContext.Enter();
        var run = new EndingRun(end);
        Assert.Equal(name, EndingRows.Waiting[row].Name);
        await run.EndAsync(EndingRows.Waiting[row].Build(run, run.Items).Where(_ => false), isAnywhere: true);
    }

    [Theory]
    [MemberData(nameof(SinkCases))]
    public async Task A_sink_behind_a_stage_that_waits(int row, string name, EndOfRun end)
    {
        await NoContext.Enter();
        var run = new EndingRun(end);
        Assert.Equal(name, EndingRows.Sinks[row].Name);
        await run.EndAsync(Stage.Create<int, int>(run.Wait) | EndingRows.Sinks[row].Build(run));
    }

    [Theory]
    [MemberData(nameof(SinkCases))]
    public async Task A_sink_by_itself(int row, string name, EndOfRun end)
    {
        await NoContext.Enter();
        var run = new EndingRun(end);
        Assert.Equal(name, EndingRows.Sinks[row].Name);
        await run.EndAsync(EndingRows.Sinks[row].Build(run));
    }

    [Theory]
    [MemberData(nameof(FanOutCases))]
    public async Task An_operator_to_several_sinks_one_of_which_waits(int row, string name, EndOfRun end)
    {
        await NoContext.Enter();
        var run = new EndingRun(end);
        Assert.Equal(name, EndingRows.FanOuts[row].Name);
        await run.EndAsync(EndingRows.FanOuts[row].Build(run.Items, Sink.ForEach<int>(async (_, token) => await run.WaitWith(token))));
    }

    [Fact]
    public void No_operator_and_no_sink_is_left_out()
    {
        string[] makers = [nameof(Sink.Create), nameof(Sink.FanOut)];
        var sinks = typeof(Sink).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly).Where(method => !makers.Contains(method.Name));

        // Some overloads are there for stages only.
        var operators = OperatorMethods.OfSources.Where(method => method.ReturnType != typeof(Pipeline)).ToLookup(method => method.Name);
        var stages = OperatorMethods.OfStages.ToLookup(method => method.Name);
        Holds(operators.SelectMany(all => all.Count() >= stages[all.Key].Count() ? all : stages[all.Key]), EndingRows.Operators.Select(row => row.Name));
        Holds(OperatorMethods.OfSources.Where(method => method.ReturnType == typeof(Pipeline)), EndingRows.FanOuts.Select(row => row.Name));
        Holds(sinks, EndingRows.Sinks.Select(row => row.Name));
    }

    /// <summary>As many rows of each name as there are overloads.</summary>
    private static void Holds(IEnumerable<MethodInfo> methods, IEnumerable<string> rows) =>
        Assert.Equal(Counted(methods.Select(method => method.Name)), Counted(rows));

    private static IEnumerable<string> Counted(IEnumerable<string> names) =>
        names.CountBy(name => name).Select(name => $"{name.Key}: {name.Value}").Order(StringComparer.Ordinal);

    private static TheoryData<int, string, EndOfRun> Cases(IEnumerable<string> names, IEnumerable<EndOfRun> ends)
    {
        var cases = new TheoryData<int, string, EndOfRun>();
        foreach (var (row, name) in names.Index())
        {
            foreach (var end in ends)
            {
                cases.Add(row, name, end);
            }
        }

        return cases;
    }
}
