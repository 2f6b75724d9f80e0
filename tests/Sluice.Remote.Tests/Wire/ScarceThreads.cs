namespace Sluice.Tests;

/// <summary>A system that may have no more threads for a connection.</summary>
internal sealed class ScarceThreads
{
    private int _refused;

    /// <summary>Gets or sets whether there are threads. Default: no.</summary>
    internal bool AreThere { get; set; }

    /// <summary>The number of threads that could not be started.</summary>
    internal int Refused => Volatile.Read(ref _refused);

    internal void Start(Thread thread)
    {
        if (!AreThere)
        {
            Interlocked.Increment(ref _refused);
            throw new OutOfMemoryException("The test has no thread to give.");
        }

        thread.UnsafeStart();
    }
}
