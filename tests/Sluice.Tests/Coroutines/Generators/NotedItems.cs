namespace Sluice.Tests;

/// <summary>1, 2, 3, with a note of how the enumeration went.</summary>
internal sealed class NotedItems
{
    internal List<string> Log { get; } = [];

    internal int Produced { get; private set; }

    internal int Disposed { get; private set; }

    internal Exception? Caught { get; set; }

    internal IEnumerable<int> Enumerate(int failAt)
    {
        var ended = false;
        try
        {
            for (Produced = 1; Produced <= 3; Produced++)
            {
                if (Produced == failAt)
                {
                    Bodies.Explode();
                }

                yield return Produced;
            }

            ended = true;
        }
        finally
        {
            Disposed++;
            Log.Add(ended ? "ended" : "disposed");
        }
    }

    internal IEnumerable<int> ExplodeWhenDisposed()
    {
        try
        {
            yield return 1;
        }
        finally
        {
            Bodies.Explode();
        }
    }
}
