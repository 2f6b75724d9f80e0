namespace Sluice.Tests;

/// <summary>1, 2, 3 and so on, counted as they are produced. Endless for every test that stops it; a test that does not
/// would hang without <see cref="Limit"/>.</summary>
internal sealed class Numbers
{
    internal const int Limit = 1_000_000;

    internal int Produced { get; private set; }

    internal int Ended { get; private set; }

    internal IEnumerable<int> Endless()
    {
        try
        {
            while (Produced < Limit)
            {
                yield return ++Produced;
            }

            throw new InvalidOperationException($"Nobody stopped the numbers before {Limit}.");
        }
        finally
        {
            Ended++;
        }
    }
}
