namespace Sluice.Tests.Portability;

/// <summary>Two hundred stages that a generator has written, built as a program of their own: what they give is the same when they
/// are moved through bytes before each item, and when one process feeds them to the half and another one goes on.</summary>
[Trait("Category", "Samples")]
[Collection("Programs")]
public sealed class CorpusTests
{
    private const int Stages = 200;

    private const string Program = """
        using Sluice;

        const int Items = 40;
        var (mode, file) = (args[0], args.ElementAtOrDefault(1));
        using var saved = file is null ? null : new FileStream(file, mode == "first" ? FileMode.Create : FileMode.Open);
        for (var number = 0; number < Stages.All.Length; number++)
        {
            var random = new Random(Stages.Seed + number);
            var items = Enumerable.Range(0, Items).Select(_ => random.Next(100)).ToArray();
            var half = random.Next(Items);
            var (target, at) = (Target.Start(Stages.All[number]), 0);
            if (mode == "second")
            {
                using var reader = new BinaryReader(saved!, System.Text.Encoding.UTF8, leaveOpen: true);
                at = reader.ReadInt32();
                if (reader.ReadBoolean())
                {
                    Console.WriteLine(reader.ReadString());
                    continue;
                }

                target = CoroutineSnapshot.Parse(reader.ReadBytes(reader.ReadInt32())).Resume<int, string>();
            }

            for (; at < (mode == "first" ? half : Items) && target.Status == CoroutineStatus.Waiting; at++)
            {
                if (mode == "moving")
                {
                    target = CoroutineSnapshot.Parse((await target.MoveAsync()).ToBytes()).Resume<int, string>();
                }

                await target.SendAsync(items[at]);
            }

            if (mode == "first")
            {
                using var writer = new BinaryWriter(saved!, System.Text.Encoding.UTF8, leaveOpen: true);
                writer.Write(at);
                writer.Write(target.Status == CoroutineStatus.Completed);
                if (target.Status == CoroutineStatus.Completed)
                {
                    writer.Write($"{number}: {await target.Completion}");
                }
                else
                {
                    var bytes = (await target.MoveAsync()).ToBytes();
                    writer.Write(bytes.Length);
                    writer.Write(bytes);
                }
            }
            else
            {
                await target.CloseAsync();
                Console.WriteLine($"{number}: {await target.Completion}");
            }
        }

        sealed record Thing(int Value, Thing? Next);

        sealed class Scope(List<string> log, string name) : IDisposable
        {
            public void Dispose() => log.Add("d" + name);
        }

        sealed class Holder<T>(T name, int start)
        {
            int _seen = start;

            public async Coroutine<string> Run(Inbox<int> items)
            {
                for (var i = 0; i < 2; i++)
                {
                    _seen += await items.ReceiveAsync();
                }

                return $"{name} {_seen}";
            }
        }

        static partial class Stages
        {
            static async Coroutine Yield(Exchange<int> exchange, int first)
            {
                for (var i = first; ; i++)
                {
                    await exchange.Yield(i);
                }
            }

            static IEnumerable<int> Count(int seed)
            {
                for (var i = 0; i < 3; i++)
                {
                    yield return seed % 7 + i;
                }
            }
        }


        """;

    [Fact]
    public Task Generated_stages_give_the_same_when_they_are_moved_and_when_another_process_goes_on() => Seed.Run(7, async random =>
    {
        using var folder = new TemporaryFolder();
        var programs = ProgramSet.Of("corpus", [("corpus", $"""
            #:project {Repository.PathOf("src", "Sluice.All", "Sluice.All.csproj")}
            #:property PublishAot=false
            #:property NoWarn=CS1998;CS0219;CS0162
            {Program}
            """ + new StageWriter(random).Write(Stages) + $"static partial class Stages\n{{\n    public const int Seed = {random.Next(1_000_000_000)};\n}}\n")]);
        var state = folder.PathOf("state");

        var whole = await Run(programs, "whole");
        var moving = await Run(programs, "moving");
        var first = await Run(programs, "first", state);
        var second = await Run(programs, "second", state);

        Assert.Equal(Stages, whole.Split('\n').Length - 1);
        Assert.InRange(whole.Length, 20 * Stages, int.MaxValue);
        Assert.Equal(whole, moving);
        Assert.Equal("", first);
        Assert.Equal(whole, second);
    });

    private static async Task<string> Run(ProgramSet programs, params string[] arguments)
    {
        var run = await FileBasedProgram.Run(programs, "corpus", arguments);
        Assert.True(run.ExitCode == 0, run.Error + run.Output);
        return run.Output;
    }
}
