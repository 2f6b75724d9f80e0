using System.Reflection;
using System.Runtime.CompilerServices;

namespace Sluice.Tests;

/// <summary>No lambda becomes <c>async void</c> without a word: where a public delegate returns nothing, there is an overload that waits, or
/// a reason why not.</summary>
public sealed class CallbackOverloadTests
{
    private const string OptionThatRefuses = "a property has no overloads, and nothing can wait there: it refuses async void";

    /// <summary>The methods that take a delegate that returns nothing and have no overload that waits, with the reasons.</summary>
    private static readonly Dictionary<string, string> s_withoutWait = new()
    {
        ["EventLoop.Post"] = "the loop calls it and goes on; it also has the error of an async void method, and ends with it (EventLoopTests)",
        ["EventLoop.PostThreadSafe"] = "the same",
        ["EventLoopOptions.OnSlowCallback"] = OptionThatRefuses,
        ["JobOptions.OnCheckpoint"] = OptionThatRefuses,
        ["ProcessOptions.Restarting"] = OptionThatRefuses,
        ["RemoteOptions.Log"] = OptionThatRefuses,
        ["WorkerListenerOptions.Log"] = OptionThatRefuses,
    };

    private static readonly Assembly[] s_assemblies =
        [.. new[] { typeof(Pipeline), typeof(XmlEvents), typeof(Expat), typeof(EventLoop), typeof(CoroutineSnapshot), typeof(WorkerListener), typeof(JobOptions) }.Select(static type => type.Assembly)];

    /// <summary>Each gives an <c>async void</c> method, or lambda, where only a delegate that returns nothing fits; the name is that of the
    /// parameter or property.</summary>
    public static TheoryData<string, string> Refusals => new()
    {
        { "Sink.ForEach", "action" },
        { "Stage.Tap", "action" },
        { "SourceOperators.Tap", "action" },
        { "Stage.Buffer", "dropped" },
        { "SourceOperators.Buffer", "dropped" },
        { "Stage.Feedback", "dropped" },
        { "SourceOperators.Feedback", "dropped" },
        { "Sink.Route", "onUnmatched" },
        { "Stage.Route", "onUnmatched" },
        { "SourceOperators.Route", "onUnmatched" },
        { "Stage.TumblingWindow", "late" },
        { "SourceOperators.TumblingWindow", "late" },
        { "Stage.SlidingWindow", "late" },
        { "SourceOperators.SlidingWindow", "late" },
        { "Stage.SessionWindow", "late" },
        { "SourceOperators.SessionWindow", "late" },
        { "SourceOperators.Join", "lateFirst" },
        { "EventTime`1.OnLate", "late" },
        { "Stage`2.OnError", "deadLetter" },
        { "Sink`1.OnError", "deadLetter" },
        { "Sink`2.OnError", "deadLetter" },
        { "Source`1.OnError", "restarting" },
        { "EventLoop.RunInThreadAsync", "call" },
        { "LoopListener.ServeAsync", "onError" },
        { "EventLoopOptions.OnSlowCallback", "OnSlowCallback" },
        { "JobOptions.OnCheckpoint", "OnCheckpoint" },
        { "ProcessOptions.Restarting", "Restarting" },
        { "RemoteOptions.Log", "Log" },
        { "WorkerListenerOptions.Log", "Log" },
    };

    [Fact]
    public void Each_has_an_overload_that_waits_or_a_reason()
    {
        var all = Methods().Where(static method => method.GetParameters().Any(static parameter => ReturnsNothing(parameter.ParameterType))).ToList();
        Assert.InRange(all.Count, 20, 100);

        var without = all.Where(method => !HasSibling(method, typeof(Task)) || (TakesArguments(method) && !HasSibling(method, typeof(ValueTask)))).Select(NameOf)
            .Concat(Options().Select(static property => $"{property.DeclaringType!.Name}.{property.Name}"));

        Assert.Equal(s_withoutWait.Keys.Order(StringComparer.Ordinal), without.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void All_of_them_are_tried_with_an_async_void_method()
    {
        var all = Methods().Where(static method => method.GetParameters().Any(static parameter => ReturnsNothing(parameter.ParameterType))).Select(NameOf)
            .Concat(Options().Select(static property => $"{property.DeclaringType!.Name}.{property.Name}"))
            .Except(["EventLoop.Post", "EventLoop.PostThreadSafe"]);

        Assert.Equal(all.Distinct().Order(StringComparer.Ordinal), Refusals.Select(static row => (string)row[0]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public void An_async_void_method_is_refused_at_once(string member, string parameter)
    {
        var error = Assert.ThrowsAny<ArgumentException>(() => Use(member));

        Assert.Equal(parameter, error.ParamName);
        Assert.Contains("nothing waits for it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_is_combined_with_others_is_refused_too()
    {
        var seen = new List<int>();
        Action<int> several = seen.Add;
        several += IgnoreLater;

        Assert.Throws<ArgumentException>("action", () => Sink.ForEach(several));
        Assert.Throws<ArgumentException>("lateFirst", () => Source.From([1]).Join(Source.From([2]), n => n, n => n, At, At, TimeSpan.Zero, (n, _) => n, 9, lateFirst: async n => await Task.Yield(), lateSecond: seen.Add));
    }

    private static void Use(string member)
    {
        var (source, second) = (Source.From([1]), TimeSpan.FromSeconds(1));
        switch (member)
        {
            case "Sink.ForEach":
                Sink.ForEach<int>(IgnoreLater);
                break;
            case "Stage.Tap":
                Stage.Tap<int>(IgnoreLater);
                break;
            case "SourceOperators.Tap":
                source.Tap(IgnoreLater);
                break;
            case "Stage.Buffer":
                Stage.Buffer<int>(1, OnFull.DropNewest, IgnoreLater);
                break;
            case "SourceOperators.Buffer":
                source.Buffer(1, OnFull.DropNewest, IgnoreLater);
                break;
            case "Stage.Feedback":
                Stage.Feedback<int, int>((items, next, back) => Stages.Pass(items, next), 1, OnFull.DropNewest, IgnoreLater);
                break;
            case "SourceOperators.Feedback":
                source.Feedback<int, int>((items, next, back) => Stages.Pass(items, next), 1, OnFull.DropNewest, IgnoreLater);
                break;
            case "Sink.Route":
                Sink.Route([(n => true, Sink.Create<int>(Stages.Drain))], onUnmatched: IgnoreLater);
                break;
            case "Stage.Route":
                Stage.Route([(n => true, Stage.Skip<int>(0))], onUnmatched: IgnoreLater);
                break;
            case "SourceOperators.Route":
                Assert.Throws<ArgumentException>("onUnmatched", () => source.Route([(n => true, Sink.Create<int>(Stages.Drain))], onUnmatched: IgnoreLater));
                source.Route([(n => true, Stage.Skip<int>(0))], onUnmatched: IgnoreLater);
                break;
            case "Stage.TumblingWindow":
                Stage.TumblingWindow<int>(At, second, late: IgnoreLater);
                break;
            case "SourceOperators.TumblingWindow":
                source.TumblingWindow(At, second, late: IgnoreLater);
                break;
            case "Stage.SlidingWindow":
                Stage.SlidingWindow<int>(At, second, second, late: IgnoreLater);
                break;
            case "SourceOperators.SlidingWindow":
                source.SlidingWindow(At, second, second, late: IgnoreLater);
                break;
            case "EventTime`1.OnLate":
                new EventTime<int>(At).OnLate(IgnoreLater);
                break;
            case "Stage.SessionWindow":
                Stage.SessionWindow<int>(At, second, late: IgnoreLater);
                break;
            case "SourceOperators.SessionWindow":
                source.SessionWindow(At, second, late: IgnoreLater);
                break;
            case "SourceOperators.Join":
                Assert.Throws<ArgumentException>("lateSecond", () => source.Join(source, n => n, n => n, At, At, second, (n, _) => n, 9, lateSecond: IgnoreLater));
                source.Join(source, n => n, n => n, At, At, second, (n, _) => n, 9, lateFirst: IgnoreLater);
                break;
            case "Stage`2.OnError":
                Stage.Skip<int>(0).OnError(ErrorPolicy.Skip, IgnoreLetterLater);
                break;
            case "Sink`1.OnError":
                Sink.ForEach<int>(_ => { }).OnError(ErrorPolicy.Skip, IgnoreLetterLater);
                break;
            case "Sink`2.OnError":
                Sink.Create<int, int>(async items => await items.ReceiveAsync()).OnError(ErrorPolicy.Skip, IgnoreLetterLater);
                break;
            case "Source`1.OnError":
                source.OnError(ErrorPolicy.Restart(1), IgnoreRestartLater);
                break;
            case "EventLoop.RunInThreadAsync":
                OnLoop.Run(() => EventLoop.RunInThreadAsync(DoLater));
                break;
            case "LoopListener.ServeAsync":
                OnLoop.Run(async () =>
                {
                    using var listener = LoopListener.ListenTcp(new(System.Net.IPAddress.Loopback, 0));
                    await listener.ServeAsync(_ => Task.CompletedTask, ReportLater);
                });
                break;
            case "EventLoopOptions.OnSlowCallback":
                _ = new EventLoopOptions { OnSlowCallback = async slow => await Task.Yield() };
                break;
            case "JobOptions.OnCheckpoint":
                _ = new JobOptions { OnCheckpoint = async report => await Task.Yield() };
                break;
            case "ProcessOptions.Restarting":
                _ = new ProcessOptions { Restarting = async lost => await Task.Yield() };
                break;
            case "RemoteOptions.Log":
                _ = new TcpOptions { Log = async line => await Task.Yield() };
                break;
            case "WorkerListenerOptions.Log":
                _ = new WorkerListenerOptions { Log = async line => await Task.Yield() };
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(member), member, "There is no case for it.");
        }
    }

    private static DateTimeOffset At(int second) => DateTimeOffset.UnixEpoch.AddSeconds(second);

    private static async void DoLater() => await Task.Yield();

    private static async void IgnoreLater(int item) => await Task.Yield();

    private static async void ReportLater(Exception error) => await Task.Yield();

    private static async void IgnoreRestartLater(SourceRestart restart) => await Task.Yield();

    private static async void IgnoreLetterLater(DeadLetter<int> letter) => await Task.Yield();

    /// <summary>All that users call; not what is there for the compiler, nor what .NET asks for.</summary>
    private static IEnumerable<MethodBase> Methods() =>
        from type in s_assemblies.SelectMany(static assembly => assembly.GetExportedTypes())
        where !type.IsAssignableTo(typeof(INotifyCompletion)) && !type.IsSubclassOf(typeof(Delegate))
        from method in type.GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly).OfType<MethodBase>()
        where (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly) && (!method.IsSpecialName || method.IsConstructor)
        where method is not MethodInfo overriding || s_assemblies.Contains(overriding.GetBaseDefinition().DeclaringType!.Assembly)
        select method;

    private static IEnumerable<PropertyInfo> Options() =>
        from type in s_assemblies.SelectMany(static assembly => assembly.GetExportedTypes())
        from property in type.GetProperties(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        where property.CanWrite && ReturnsNothing(property.PropertyType)
        select property;

    /// <summary>Any delegate, not only an <see cref="Action"/>.</summary>
    private static bool ReturnsNothing(Type type) => type.IsSubclassOf(typeof(MulticastDelegate)) && type.GetMethod("Invoke")!.ReturnType == typeof(void);

    private static bool TakesArguments(MethodBase method) =>
        method.GetParameters().Any(static parameter => ReturnsNothing(parameter.ParameterType) && parameter.ParameterType.IsGenericType);

    /// <summary>Returns whether the same method is there with delegates that return a task.</summary>
    private static bool HasSibling(MethodBase method, Type task)
    {
        var wanted = method.GetParameters().Select(parameter => $"{Waiting(parameter.ParameterType, task)}").ToList();
        return method.DeclaringType!.GetMember(method.Name, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .OfType<MethodBase>().Any(other => other.IsPublic == method.IsPublic && wanted.SequenceEqual(other.GetParameters().Select(static parameter => $"{parameter.ParameterType}")));
    }

    private static Type Waiting(Type type, Type task) => !ReturnsNothing(type) ? type
        : type == typeof(Action) ? typeof(Func<>).MakeGenericType(task)
        : type.GetGenericTypeDefinition() == typeof(Action<>) ? typeof(Func<,>).MakeGenericType([.. type.GetGenericArguments(), task])
        : type.GetGenericTypeDefinition() == typeof(Action<,>) ? typeof(Func<,,>).MakeGenericType([.. type.GetGenericArguments(), task])
        : throw new NotSupportedException($"This test does not know what {type} is when it waits.");

    private static string NameOf(MethodBase method) => $"{method.DeclaringType!.Name}.{method.Name}";
}
