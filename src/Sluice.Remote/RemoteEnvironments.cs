using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Sluice;

/// <summary>Other processes and hosts as environments.</summary>
/// <remarks>Thread safety: any thread.</remarks>
public static class RemoteEnvironments
{
    extension(Env)
    {
        /// <summary>A process of its own: this application's own program, started again as a worker that runs nothing but the part. It
        /// ends with the run, and with this process.</summary>
        /// <remarks>
        /// <para>The part goes there as a value: what its stages' lambdas have captured is copied, and so are the items
        /// (docs/portability.md); static fields are not. What cannot move is an error before anything starts.
        /// <see cref="PortabilityExtensions"/> finds out beforehand.</para>
        /// <para>If the worker dies the run fails with <see cref="WorkerLostException"/>. What a stage there fails with is rebuilt here
        /// if its type is known, else it is a <see cref="RemoteStageException"/>.</para>
        /// </remarks>
        /// <param name="options">How it is started, and what may cross; default as <see cref="ProcessOptions"/> says.</param>
        /// <returns>A new environment.</returns>
        [RequiresUnreferencedCode("The part is a snapshot, whose types are found by name.")]
        [RequiresDynamicCode("Codecs are compiled for the types that cross.")]
        public static Env Process(ProcessOptions? options = null) => new ProcessEnv(options ?? new());

        /// <summary>Several worker processes that share the items out by a key: all items of one key go to the same worker, in their order, by
        /// <see cref="StableHash"/>. So behind another pool of as many a key stays together, from any worker.
        /// Each of them runs the part for its items; what they send on merges behind it.</summary>
        /// <remarks>As <see cref="Process"/>, and as <see cref="Sink.Partition{T, TKey}(Func{T, TKey}, Sink{T}[])"/>: the slowest worker
        /// sets the pace. The part must take its items from one place, and cannot have a source or a sink with a result, of
        /// which there would be several: put <c>On(Env.Caller)</c> before that sink.</remarks>
        /// <typeparam name="T">The type of the items.</typeparam>
        /// <typeparam name="TKey">The type of the keys.</typeparam>
        /// <param name="count">How many processes; 1 or more.</param>
        /// <param name="keySelector">Gives an item's key, which may be null. It runs where the items come from. What it throws fails the run.</param>
        /// <param name="options">How they are started, and what may cross; default as <see cref="ProcessOptions"/> says.</param>
        /// <param name="comparer">Says which keys are the same: one that <see cref="StableHash"/> knows, or that implements
        /// <see cref="IStableHash{T}"/>. Default: the type's own equality.</param>
        /// <returns>A new environment.</returns>
        /// <exception cref="ArgumentNullException">Thrown: <paramref name="keySelector"/> is null.</exception>
        /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="count"/> is less than 1.</exception>
        /// <exception cref="ArgumentException">Thrown: keys of this type have no stable hash, or the comparer has none.</exception>
        [RequiresUnreferencedCode("The part is a snapshot, whose types are found by name.")]
        [RequiresDynamicCode("Codecs are compiled for the types that cross.")]
        public static Env Processes<T, TKey>(int count, Func<T, TKey> keySelector, ProcessOptions? options = null, IEqualityComparer<TKey>? comparer = null)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
            ArgumentNullException.ThrowIfNull(keySelector);
            options ??= new();
            return new KeyedPoolEnv<T, TKey>($"{count} processes", options.Capacity, [.. Enumerable.Range(0, count).Select(_ => new ProcessEnv(options))], keySelector, comparer);
        }

        /// <summary>A worker on this host or another one, which runs the part of the application that it hosts: <c>Sluice.Worker listen</c>, or a
        /// program with a <see cref="WorkerListener"/>.</summary>
        /// <remarks>As <see cref="Process"/>: the part goes there as a value, and the worker needs the same build of the application
        /// (<see cref="OtherBuildException"/>). A connection that breaks is restored (<see cref="TcpOptions.ReconnectWindow"/>); one that is lost fails the run.</remarks>
        /// <param name="address">The worker's address.</param>
        /// <param name="options">How to connect, and what may cross. It has to say how the two sides know each other.</param>
        /// <returns>A new environment.</returns>
        /// <exception cref="ArgumentNullException">Thrown: an argument is null.</exception>
        [RequiresUnreferencedCode("The part is a snapshot, whose types are found by name.")]
        [RequiresDynamicCode("Codecs are compiled for the types that cross.")]
        public static Env Tcp(EndPoint address, TcpOptions options)
        {
            ArgumentNullException.ThrowIfNull(address);
            ArgumentNullException.ThrowIfNull(options);
            return new TcpEnv(address, options);
        }
    }
}
