using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Sluice.Tests;

public sealed class BuilderFactsTests
{
    private const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Fact]
    public void A_state_machine_is_a_struct_in_Release_and_a_class_in_Debug()
    {
        foreach (var method in new[] { nameof(TwoScopes), nameof(WithResult), nameof(Both) })
        {
#if DEBUG
            Assert.False(StateMachineOf(method).IsValueType);
#else
            Assert.True(StateMachineOf(method).IsValueType);
#endif
        }
    }

    [Fact]
    public void The_kickoff_method_names_its_state_machine_which_is_called_after_the_method()
    {
        var type = StateMachineOf(nameof(TwoScopes));

        Assert.StartsWith($"<{nameof(TwoScopes)}>d", type.Name, StringComparison.Ordinal);
        Assert.True(typeof(IAsyncStateMachine).IsAssignableFrom(type));
        Assert.Equal(GetType(), type.DeclaringType);
    }

    [Fact]
    public void A_state_machine_keeps_its_state_in_an_int_and_the_builder_of_the_returned_type()
    {
        Assert.Equal(typeof(int), Field(nameof(TwoScopes), "<>1__state").FieldType);
        Assert.Equal(typeof(CoroutineMethodBuilder), Field(nameof(TwoScopes), "<>t__builder").FieldType);
        Assert.Equal(typeof(CoroutineMethodBuilder<int>), Field(nameof(WithResult), "<>t__builder").FieldType);
    }

    [Fact]
    public void Locals_of_scopes_that_do_not_overlap_share_a_field_in_Release_and_have_their_own_in_Debug()
    {
        var locals = FieldsOf(nameof(TwoScopes)).Where(field => field.FieldType == typeof(decimal)).ToArray();

#if DEBUG
        Assert.Equal(2, locals.Length);
#else
        Assert.Single(locals);
#endif
    }

    [Fact]
    public void A_local_that_lives_across_no_await_has_no_field_in_Release()
    {
        var locals = FieldsOf(nameof(TwoScopes)).Count(field => field.FieldType == typeof(DateTime));

#if DEBUG
        Assert.Equal(1, locals);
#else
        Assert.Equal(0, locals);
#endif
    }

    [Fact]
    public void Awaits_of_one_awaiter_type_share_a_field_and_each_type_has_its_own()
    {
        var two = AwaitersOf(nameof(TwoScopes));
        var both = AwaitersOf(nameof(Both));

        Assert.Equal([typeof(Inbox<int>.ReceiveAwaitable)], two);
        Assert.Equal(2, both.Length);
        Assert.Contains(typeof(Inbox<int>.ReceiveAwaitable), both);
        Assert.Contains(typeof(Coroutine<int>.Awaiter), both);
    }

    [Fact]
    public void The_awaiters_of_the_library_are_structs()
    {
        Assert.True(typeof(Inbox<int>).IsValueType);
        Assert.True(typeof(Inbox<int>.ReceiveAwaitable).IsValueType);
        Assert.True(typeof(Inbox<int>.Enumerator).IsValueType);
        Assert.True(typeof(Coroutine.Awaiter).IsValueType);
        Assert.True(typeof(Coroutine<int>.Awaiter).IsValueType);
    }

    [Fact]
    public void A_target_is_named_after_the_method_or_local_function_of_its_coroutine()
    {
        Assert.Equal(nameof(TwoScopes), Target.Start<int>(TwoScopes).Name);
        Assert.Equal(nameof(WithResult), Target.Start<int, int>(WithResult).Name);
        Assert.Equal(nameof(Local), Target.Start<int>(Local).Name);
        Assert.Equal("given", Target.Start<int>(TwoScopes, "given").Name);

        static async Coroutine Local(Inbox<int> inbox) => await inbox.ReceiveAsync();
    }

    [Fact]
    public async Task ToString_of_a_target_tells_its_name_and_state()
    {
        var io = new Signal();
        var target = Target.Start<int>(
            async inbox =>
            {
                await inbox.ReceiveAsync();
                await io.Task;
                await inbox.ReceiveAsync();
            },
            "upper");
        var failed = Target.Start<int>(inbox => throw new FormatException(), "lower");

        var waits = target.ToString();
        var sent = target.SendAsync(1).AsTask();
        var busy = target.ToString();
        io.Set();
        await Wait.For(sent);
        await Wait.For(target.SendAsync(2));
        var completed = target.ToString();

        Assert.All([waits, busy, completed], text => Assert.Contains("upper", text, StringComparison.Ordinal));
        Assert.Contains("waits", waits, StringComparison.Ordinal);
        Assert.Contains("completed", completed, StringComparison.Ordinal);
        Assert.Equal(3, new[] { waits, busy, completed }.Distinct().Count());
        Assert.Contains("lower", failed.ToString(), StringComparison.Ordinal);
        Assert.Contains("failed with FormatException", failed.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_debugger_shows_targets_inboxes_and_coroutines_readably()
    {
        Inbox<int> inbox = default;
        Coroutine<int>? child = null;
        var target = Target.Start<int>(
            async given =>
            {
                inbox = given;
                child = WithResult(given);
                await child;
            },
            "upper");

        Assert.Contains("upper", DebuggerText(target), StringComparison.Ordinal);
        Assert.Contains("upper", DebuggerText(inbox), StringComparison.Ordinal);
        Assert.NotEqual("", DebuggerText(default(Inbox<int>)));
        Assert.Contains(nameof(WithResult), DebuggerText(child!), StringComparison.Ordinal);
        var suspended = DebuggerText(child!);
        target.SendNow(1);
        Assert.NotEqual(suspended, DebuggerText(child!));
    }

    private static async Coroutine TwoScopes(Inbox<int> inbox)
    {
        var dead = DateTime.UnixEpoch;
        GC.KeepAlive(dead);
        {
            decimal first = await inbox.ReceiveAsync();
            await inbox.ReceiveAsync();
            GC.KeepAlive(first);
        }

        {
            decimal second = await inbox.ReceiveAsync();
            await inbox.ReceiveAsync();
            GC.KeepAlive(second);
        }
    }

    private static async Coroutine<int> WithResult(Inbox<int> inbox) => await inbox.ReceiveAsync();

    private static async Coroutine Both(Inbox<int> inbox) => GC.KeepAlive(await inbox.ReceiveAsync() + await WithResult(inbox));

    private static Type StateMachineOf(string method) =>
        typeof(BuilderFactsTests).GetMethod(method, Everything)!.GetCustomAttribute<AsyncStateMachineAttribute>()!.StateMachineType;

    private static FieldInfo[] FieldsOf(string method) => StateMachineOf(method).GetFields(Everything);

    private static FieldInfo Field(string method, string name) => Assert.Single(FieldsOf(method), field => field.Name == name);

    private static Type[] AwaitersOf(string method) =>
        [.. FieldsOf(method).Where(field => field.Name.StartsWith("<>u__", StringComparison.Ordinal)).Select(field => field.FieldType)];

    /// <summary>Evaluates the property that the attribute names, as a debugger does.</summary>
    private static string DebuggerText(object shown)
    {
        var display = shown.GetType().GetCustomAttribute<DebuggerDisplayAttribute>(inherit: true);
        Assert.NotNull(display);
        var name = display.Value.Trim('{', '}').Split(',')[0];
        for (var type = shown.GetType(); type is not null; type = type.BaseType)
        {
            if (type.GetProperty(name, Everything) is { } property)
            {
                return Assert.IsType<string>(property.GetValue(shown));
            }
        }

        throw new InvalidOperationException($"{shown.GetType()} has no property '{name}'.");
    }
}
