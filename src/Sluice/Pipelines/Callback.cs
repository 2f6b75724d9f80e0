using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>Callbacks of users in the one form that stages call and wait for, though they are given in several.</summary>
internal static class Callback
{
    /// <summary>For one that nothing has to wait for.</summary>
    /// <exception cref="ArgumentException">Thrown: it is <c>async void</c>.</exception>
    internal static void RefuseAsyncVoid<T>(Action<T> call, [CallerArgumentExpression(nameof(call))] string? name = null) => AsyncVoid.Refuse(call, name);

    /// <exception cref="ArgumentException">Thrown: it is <c>async void</c>.</exception>
    internal static Func<T, ValueTask>? Of<T>(Action<T>? call, [CallerArgumentExpression(nameof(call))] string? name = null)
    {
        return AsyncVoid.Refuse(call, name) is null ? null : Call;

        ValueTask Call(T item)
        {
            call!(item);
            return default;
        }
    }

    internal static Func<T, ValueTask>? Of<T>(Func<T, Task>? call) => call is null ? null : item => Started(call(item));

    internal static Func<T, CancellationToken, ValueTask> WithToken<T>(Func<T, ValueTask> call) => (item, _) => call(item);

    internal static Func<T, CancellationToken, ValueTask> WithToken<T>(Func<T, Task> call) => (item, _) => Started(call(item));

    internal static Func<T, CancellationToken, ValueTask> WithToken<T>(Func<T, CancellationToken, Task> call) => (item, token) => Started(call(item, token));

    private static ValueTask Started(Task? task) => new(task ?? throw new InvalidOperationException("The callback returned null instead of a task."));
}
