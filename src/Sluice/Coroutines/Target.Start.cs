using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>Starts one coroutine by hand, outside any pipeline: the way of the course. Thread safety: all members may be
/// called from any thread.</summary>
public static class Target
{
    /// <summary>Starts a coroutine and lets it run to its first receive.</summary>
    /// <remarks>Never throws what the coroutine raises: if it fails before its first receive, the target is a failed
    /// one. Inside a stage the new coroutine shares the stage's strand.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="body">The coroutine's method, or a lambda that calls it with more arguments.</param>
    /// <param name="name">What to call it; default the method's name.</param>
    /// <returns>Where to send items.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="body"/> is null.</exception>
    public static CoroutineTarget<T> Start<T>(Func<Inbox<T>, Coroutine> body, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        var target = new CoroutineTarget<T>(Strand.CurrentHome?.Strand, name);
        target.Start(body);
        return target;
    }

    /// <summary>The same for a coroutine with a result: see <see cref="CoroutineTarget{T,TResult}.Completion"/>.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="body">The coroutine's method, or a lambda that calls it with more arguments.</param>
    /// <param name="name">What to call it; default the method's name.</param>
    /// <returns>Where to send items.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="body"/> is null.</exception>
    public static CoroutineTarget<T, TResult> Start<T, TResult>(Func<Inbox<T>, Coroutine<TResult>> body, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        var target = new CoroutineTarget<T, TResult>(Strand.CurrentHome?.Strand, name);
        target.Start(body);
        return target;
    }
}
