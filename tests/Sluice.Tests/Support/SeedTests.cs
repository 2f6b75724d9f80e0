namespace Sluice.Tests;

public sealed class SeedTests
{
    [Fact]
    public void The_usual_seeds_are_used_unless_a_number_is_chosen()
    {
        Assert.Null(Seed.Choose(null));
        Assert.Null(Seed.Choose(""));
        Assert.Equal(17, Seed.Choose("17"));
        Assert.InRange(Seed.Choose("fresh")!.Value, 1, int.MaxValue);
        Assert.Throws<FormatException>(() => Seed.Choose("0"));
        Assert.Throws<FormatException>(() => Seed.Choose("any"));
        Assert.Equal(5, Seed.Of(5, null));
        Assert.Equal(Seed.Of(5, 17), Seed.Of(5, 17));
        Assert.Equal(400, (from usual in Enumerable.Range(0, 20) from chosen in Enumerable.Range(1, 20) select Seed.Of(usual, chosen)).Distinct().Count());
    }

    [Fact]
    public async Task What_fails_says_with_which_seed()
    {
        var sync = Assert.Throws<SeededException>(() => Seed.Each(5, random => Assert.NotEqual(Seed.Random(3).Next(), random.Next())));
        Assert.Contains(", seed 3: ", sync.Message, StringComparison.Ordinal);
        Assert.StartsWith("SLUICE_SEED=", sync.Message, StringComparison.Ordinal);
        var async = await Assert.ThrowsAsync<SeededException>(() => Seed.Run(3, async _ =>
        {
            await Task.Yield();
            throw new FormatException("x");
        }));
        Assert.Contains(", seed 3: x", async.Message, StringComparison.Ordinal);
        Assert.IsType<FormatException>(async.InnerException);
        Assert.Contains("SLUICE_SEED=", Assert.Throws<SeededException>(() => Seed.Check(10, FsCheck.Fluent.Prop.ForAll(FsCheck.Fluent.ArbMap.Default.ArbFor<int>(), static _ => false))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_property_is_checked_with_the_same_cases_each_time()
    {
        Assert.Equal(Cases(), Cases());

        static List<int> Cases()
        {
            var cases = new List<int>();
            Seed.Check(50, FsCheck.Fluent.Prop.ForAll(FsCheck.Fluent.ArbMap.Default.ArbFor<int>(), n =>
            {
                cases.Add(n);
                return true;
            }));
            return cases;
        }
    }

    [Fact]
    public async Task Random_numbers_whose_seed_no_failure_would_name_are_refused()
    {
        Assert.Throws<InvalidOperationException>(() => Seed.Random(1));
        await Seed.Run(1, _ => Wait.For(Threads.Run(() => Seed.Random(1))));
        Seed.Run(1, _ => Seed.Run(2, _ => Seed.Random(1)));
        Assert.Throws<InvalidOperationException>(() => Seed.Random(1));
    }
}
