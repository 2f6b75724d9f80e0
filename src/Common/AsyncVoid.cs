using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>Refuses callbacks that the compiler has made <c>async void</c>: nothing can wait for them, and what they throw ends the
/// process.</summary>
/// <remarks>A lambda becomes one without a word where a parameter is an <see cref="Action"/>. Where there is an overload that waits,
/// the compiler takes that; this is for what is left: methods that are declared so, and places that cannot wait.</remarks>
internal static class AsyncVoid
{
    /// <exception cref="ArgumentException">Thrown: it is <c>async void</c>.</exception>
    internal static TDelegate? Refuse<TDelegate>(TDelegate? callback, [CallerArgumentExpression(nameof(callback))] string? name = null)
        where TDelegate : Delegate
    {
        foreach (var single in Delegate.EnumerateInvocationList(callback))
        {
            // The compiler marks each async method so. Ahead of time the mark may be gone: then this finds nothing.
            if (single.Method.ReturnType == typeof(void) && single.Method.IsDefined(typeof(AsyncStateMachineAttribute), inherit: false))
            {
                throw new ArgumentException(
                    $"'{name}' is async and returns nothing, so nothing waits for it, and what it throws ends the process. Let it return a Task or ValueTask where an overload takes that; else start what it does as a task of your own, and keep the task.", name);
            }
        }

        return callback;
    }
}
