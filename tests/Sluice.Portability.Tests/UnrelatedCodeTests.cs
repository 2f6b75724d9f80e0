namespace Sluice.Tests.Portability;

/// <summary>The code that may resume a snapshot depends on the code that is in it, and on nothing else of the program: not on methods, lambdas
/// and closures before it, whose number the compiler puts into names, nor on where the program is.</summary>
[Trait("Category", "Samples")]
[Collection("Programs")]
[Trait("Configuration", "Release")]
public sealed class UnrelatedCodeTests
{
    private const string Program = """
        using Sluice;

        var stages = new Func<Inbox<int>, Coroutine<string>>[] { Stages.Lambdas, Stages.Generic<string>, Stages.Local, Stages.Closure(3), new Stages.Inner<int>().Run, Stages.Conversions };
        if (args[0] == "first")
        {
            using var writer = new BinaryWriter(File.Create(args[1]));
            foreach (var stage in stages)
            {
                var target = Target.Start(stage);
                await target.SendAsync(1);
                var bytes = (await target.MoveAsync()).ToBytes();
                writer.Write(bytes.Length);
                writer.Write(bytes);
            }
        }
        else
        {
            using var reader = new BinaryReader(File.OpenRead(args[1]));
            foreach (var stage in stages)
            {
                var target = CoroutineSnapshot.Parse(reader.ReadBytes(reader.ReadInt32())).Resume<int, string>();
                await target.SendAsync(2);
                await target.CloseAsync();
                Console.WriteLine(await target.Completion);
            }
        }

        static class Stages
        {
            UNRELATED
            public static async Coroutine<string> Lambdas(Inbox<int> items)
            {
                Func<int, int> twice = static number => number * 2;
                var anonymous = new { Name = "a", Value = await items.ReceiveAsync() };
                return $"{anonymous} {twice(await items.ReceiveAsync())}";
            }

            public static async Coroutine<string> Generic<T>(Inbox<int> items)
            {
                Func<int, string> show = static number => $"{typeof(T).Name} {number}";
                await items.ReceiveAsync();
                return show(await items.ReceiveAsync());
            }

            public static async Coroutine<string> Local(Inbox<int> items)
            {
                var sum = 0;
                await Add();
                await Add();
                return $"{sum}";

                async Coroutine Add() => sum += await items.ReceiveAsync();
            }

            public static Func<Inbox<int>, Coroutine<string>> Closure(int factor) => async items =>
            {
                var first = await items.ReceiveAsync();
                Func<int, int> times = number => number * factor + first;
                return $"{times(await items.ReceiveAsync())}";
            };

            public static async Coroutine<string> Conversions(Inbox<int> items)
            {
                Func<string, int> parse = int.Parse;
                IEnumerator<int> count = Count().GetEnumerator();
                count.MoveNext();
                await items.ReceiveAsync();
                count.MoveNext();
                return $"{parse("12")} {count.Current} {await items.ReceiveAsync()}";
            }

            static IEnumerable<int> Count()
            {
                yield return 1;
                yield return 2;
            }

            public sealed class Inner<T>
            {
                public async Coroutine<string> Run(Inbox<int> items)
                {
                    Func<int, string> show = number => $"{this.GetType().Name} {number}";
                    await items.ReceiveAsync();
                    return show(await items.ReceiveAsync());
                }
            }
        }
        """;

    private const string Unrelated = """
            public static async Coroutine<string> Before(Inbox<int> items)
            {
                Func<string, double> parse = double.Parse;
                Func<int, int> thrice = static number => number * 3;
                var anonymous = new { Other = 1 };
                var first = await items.ReceiveAsync();
                Func<int> closure = () => first;
                return $"{parse("1")} {thrice(1)} {anonymous} {closure()} {Local()}";

                int Local() => first;
            }

            public static Func<int> BeforeToo<T>(int number)
            {
                Func<string> name = static () => typeof(T).Name;
                return () => number + name().Length;
            }

            static IEnumerable<int> BeforeThree()
            {
                yield return 3;
            }

        """;

    [Fact]
    public async Task A_program_with_more_code_elsewhere_resumes_what_the_one_without_stored()
    {
        using var folder = new TemporaryFolder();
        var head = $"""
            #:project {Repository.PathOf("src", "Sluice.All", "Sluice.All.csproj")}
            #:property PublishAot=false
            #:property AssemblyName=unrelated

            """;
        var programs = ProgramSet.Of("unrelated", [
            ("plain", head + Program.Replace("UNRELATED", "", StringComparison.Ordinal)), ("longer", head + Program.Replace("UNRELATED", Unrelated, StringComparison.Ordinal))]);
        var state = folder.PathOf("state");

        Assert.Equal((0, ""), Ended(await FileBasedProgram.Run(programs, "plain", "first", state)));
        const string expected = "{ Name = a, Value = 1 } 4\nString 2\n3\n7\nInner`1 2\n12 2 2\n";
        Assert.Equal((0, expected), Ended(await FileBasedProgram.Run(programs, "plain", "second", state)));
        Assert.Equal((0, expected), Ended(await FileBasedProgram.Run(programs, "longer", "second", state)));
    }

    private static (int, string) Ended(FileBasedProgram.Outcome run) => (run.ExitCode, run.Output + run.Error);
}
