namespace Sluice;

/// <summary>Event loops as environments.</summary>
/// <remarks>Thread safety: any thread.</remarks>
public static class LoopEnvironment
{
    extension(Env)
    {
        /// <summary>An event loop. It has to run as long as the pipeline: when it has ended, what is left of the part runs wherever it
        /// is resumed.</summary>
        /// <param name="loop">The loop; from within it that is <see cref="EventLoop.Current"/>.</param>
        /// <param name="capacity">How many items the boundary holds; 1 or more. Default 1,024.</param>
        /// <returns>A new environment.</returns>
        /// <exception cref="ArgumentNullException">Thrown: <paramref name="loop"/> is null.</exception>
        /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="capacity"/> is less than 1.</exception>
        public static Env Loop(EventLoop loop, int capacity = Env.DefaultCapacity)
        {
            ArgumentNullException.ThrowIfNull(loop);
            return Env.On(loop.Host, $"loop '{loop.Name}'", capacity);
        }
    }
}
