namespace Sluice.Tests;

/// <summary>Every member of a generator that takes a step, by name.</summary>
internal static class GeneratorMembers
{
    public static TheoryData<string> All => ["Next", "TryNext", "Send", "TrySend", "Throw", "Close", "Dispose", "foreach", "LINQ"];

    internal static void Use(this Generator<string?, int> generator, string member)
    {
        switch (member)
        {
            case "Next":
                generator.Next();
                break;
            case "TryNext":
                generator.TryNext(out _);
                break;
            case "Send":
                generator.Send("sent");
                break;
            case "TrySend":
                generator.TrySend("sent", out _);
                break;
            case "Throw":
                generator.Throw(new TimeoutException());
                break;
            case "Close":
                generator.Close();
                break;
            case "Dispose":
                generator.Dispose();
                break;
            case "foreach":
                foreach (var _ in generator)
                {
                    break;
                }

                break;
            case "LINQ":
                _ = generator.First();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(member), member, null);
        }
    }

    /// <summary>Asserts what holds for every generator that has ended; gives what Next throws.</summary>
    internal static GeneratorCompletedException AssertEnded<T>(this Generator<T> generator)
    {
        Assert.True(generator.IsCompleted, "The generator has not ended.");
        Assert.False(generator.TryNext(out _));
        Assert.Throws<InvalidOperationException>(() => generator.Current);
        Assert.Empty(generator);
        return Assert.Throws<GeneratorCompletedException>(() => generator.Next());
    }
}
