using System.Runtime.CompilerServices;

namespace Sluice.Tests;

/// <summary>The guard of a generator: the real one, and a model of all interleavings of its owner with two threads that come to it.</summary>
public sealed class StepGuardTests
{
    [Fact]
    public void No_interleaving_has_two_threads_inside_or_leaves_the_guard_closed() => Assert.Null(new Model().FindViolation());

    [Fact]
    public void The_model_finds_that_the_barrier_is_needed() => Assert.NotNull(new Model { HasBarrier = false }.FindViolation());

    [Fact]
    public void The_model_finds_that_the_owner_has_to_look_after_it_says_that_it_is_inside() => Assert.NotNull(new Model { OwnerLooks = false }.FindViolation());

    [Fact]
    public void The_model_finds_that_an_owner_that_was_found_inside_has_to_free_the_guard() => Assert.NotNull(new Model { OwnerFrees = false }.FindViolation());

    [Fact]
    public async Task A_thread_that_is_inside_is_refused_and_so_is_every_other_one_until_it_has_left()
    {
        var guard = new StrongBox<StepGuard>();
        Assert.True(guard.Value.TryEnter(StrandThread.Current));
        Assert.False(guard.Value.TryEnter(StrandThread.Current));
        Assert.False(await Wait.For(Threads.Run(() => guard.Value.TryEnter(StrandThread.Current))));
        guard.Value.Leave(StrandThread.Current);
        Assert.True(await Wait.For(Threads.Run(() => guard.Value.TryEnter(StrandThread.Current))));
        Assert.False(guard.Value.TryEnter(StrandThread.Current));
    }

    [Fact]
    public async Task What_is_kept_stays_closed_to_every_thread_until_it_is_freed()
    {
        var guard = new StrongBox<StepGuard>();
        Assert.True(guard.Value.TryEnter(StrandThread.Current));
        guard.Value.Keep();
        Assert.False(guard.Value.TryEnter(StrandThread.Current));
        Assert.False(await Wait.For(Threads.Run(() => guard.Value.TryEnter(StrandThread.Current))));
        guard.Value.Free();
        Assert.True(guard.Value.TryEnter(StrandThread.Current));
    }

    [Fact]
    [Trait("Category", "Stress")]
    public Task Three_threads_are_never_inside_together() => Seed.Run(0, async _ =>
    {
        const int Rounds = 20_000;
        var guard = new StrongBox<StepGuard>();
        var (inside, violations, entered) = (0, 0, 0);
        using var turn = new Barrier(3, _ => guard.Value = default);
        await Wait.For(Task.WhenAll(Enumerable.Range(0, 3).Select(number => Threads.Run(() =>
        {
            var random = Seed.Random(number);
            for (var round = 0; round < Rounds; round++)
            {
                Assert.True(turn.SignalAndWait(Wait.Limit), "the others did not come");
                for (var step = 0; step < 4; step++)
                {
                    Thread.SpinWait(random.Next(20));
                    if (guard.Value.TryEnter(StrandThread.Current))
                    {
                        if (++inside != 1)
                        {
                            violations++;
                        }

                        entered++;
                        inside--;
                        guard.Value.Leave(StrandThread.Current);
                    }
                }
            }

            return true;
        }))));
        Assert.Equal(0, violations);
        Assert.Equal(0, inside);
        Assert.InRange(entered, Rounds, 12 * Rounds); // the last of each round is alone
        Assert.True(guard.Value.TryEnter(StrandThread.Current));
    });

    /// <summary>The owner of the bias and two threads without one, on processors that delay writes (total store order): every interleaving of
    /// their steps and of the moments at which the owner's writes reach memory.</summary>
    private sealed class Model
    {
        private const int Rounds = 2;

        internal bool HasBarrier { get; init; } = true;

        internal bool OwnerLooks { get; init; } = true;

        internal bool OwnerFrees { get; init; } = true;

        private enum Turn
        {
            Biased,
            Open,
            Owners,
            Held,
            Free,
        }

        private enum At
        {
            SayInside,
            Look,
            Inside,
            SayOutside,
            LookAgain,
            End,
            Decide,
            SetFree,
            TryUnbiased,
            InsideUnbiased,
            Done,
        }

        private enum By
        {
            Look,
            Barrier,
            LookInside,
            Decide,
            Inside,
            Refused,
            Left,
        }

        /// <param name="WasInside">Whether the owner, when it ends its bias, comes from outside a step that it has made, and not from an attempt.</param>
        private readonly record struct State(At Owner, int Round, string Buffer, char Bias, Turn Turn, bool WasInside, By First, bool FirstSaw, By Second, bool SecondSaw);

        internal string? FindViolation()
        {
            var first = new State(At.SayInside, 0, "", '0', Turn.Biased, false, By.Look, false, By.Look, false);
            var cameFrom = new Dictionary<State, State?> { [first] = null };
            var open = new Stack<State>([first]);
            while (open.TryPop(out var state))
            {
                if (Wrong(state) is { } wrong)
                {
                    for (State? at = state; at is not null; at = cameFrom[at.Value])
                    {
                        wrong += Environment.NewLine + at;
                    }

                    return wrong;
                }

                foreach (var next in Next(state))
                {
                    if (cameFrom.TryAdd(next, state))
                    {
                        open.Push(next);
                    }
                }
            }

            return null;
        }

        private static string? Wrong(State s)
        {
            var inside = (s.Owner is At.Inside or At.InsideUnbiased ? 1 : 0) + (s.First == By.Inside ? 1 : 0) + (s.Second == By.Inside ? 1 : 0);
            return inside > 1 ? "two are inside"
                : s is { Owner: At.Done } && s.First is By.Refused or By.Left && s.Second is By.Refused or By.Left && s.Turn is Turn.Open or Turn.Owners or Turn.Held ? "closed though all have left"
                : null;
        }

        private IEnumerable<State> Next(State s)
        {
            foreach (var next in Owner(s))
            {
                yield return next;
            }

            foreach (var (by, saw, turn, drains) in Other(s, s.First, s.FirstSaw))
            {
                yield return Drained(s with { First = by, FirstSaw = saw, Turn = turn }, drains);
            }

            foreach (var (by, saw, turn, drains) in Other(s, s.Second, s.SecondSaw))
            {
                yield return Drained(s with { Second = by, SecondSaw = saw, Turn = turn }, drains);
            }

            if (s.Buffer.Length > 0)
            {
                yield return s with { Bias = s.Buffer[0], Buffer = s.Buffer[1..] };
            }
        }

        private static State Drained(State s, bool drains) => drains && s.Buffer.Length > 0 ? s with { Bias = s.Buffer[^1], Buffer = "" } : s;

        /// <summary>An interlocked operation waits for the writes before it.</summary>
        private IEnumerable<State> Owner(State s)
        {
            var isDrained = s.Buffer.Length == 0;
            switch (s.Owner)
            {
                case At.SayInside:
                    yield return s with { Owner = OwnerLooks ? At.Look : At.Inside, Buffer = s.Buffer + '1' };
                    break;
                case At.Look:
                    yield return s with { Owner = s.Turn == Turn.Biased ? At.Inside : At.End, WasInside = false };
                    break;
                case At.Inside:
                    yield return s with { Owner = At.SayOutside };
                    break;
                case At.SayOutside:
                    yield return s with { Owner = At.LookAgain, Buffer = s.Buffer + '0' };
                    break;
                case At.LookAgain when s.Turn == Turn.Biased:
                    yield return s with { Owner = s.Round + 1 < Rounds ? At.SayInside : At.Done, Round = s.Round + 1 };
                    break;
                case At.LookAgain:
                    yield return s with { Owner = At.End, WasInside = true };
                    break;
                case At.End:
                    yield return s with { Owner = At.Decide, Buffer = s.Buffer + '0' };
                    break;
                case At.Decide when isDrained:
                    var after = s.WasInside ? At.Done : At.TryUnbiased;
                    yield return s with { Turn = s.Turn == Turn.Open ? Turn.Free : s.Turn, Owner = s.Turn == Turn.Owners && OwnerFrees ? At.SetFree : after };
                    break;
                case At.SetFree:
                    yield return s with { Turn = Turn.Free, Owner = s.WasInside ? At.Done : At.TryUnbiased };
                    break;
                case At.TryUnbiased:
                    yield return s.Turn == Turn.Free ? s with { Turn = Turn.Held, Owner = At.InsideUnbiased } : s with { Owner = At.Done };
                    break;
                case At.InsideUnbiased:
                    yield return s with { Turn = Turn.Free, Owner = At.Done };
                    break;
            }
        }

        private IEnumerable<(By By, bool Saw, Turn Turn, bool Drains)> Other(State s, By by, bool saw)
        {
            switch (by)
            {
                case By.Look:
                    yield return s.Turn switch
                    {
                        Turn.Biased => (By.Barrier, saw, Turn.Open, false),
                        Turn.Free => (By.Inside, saw, Turn.Held, false),
                        _ => (By.Refused, saw, s.Turn, false),
                    };
                    break;
                case By.Barrier:
                    yield return (By.LookInside, saw, s.Turn, HasBarrier);
                    break;
                case By.LookInside:
                    yield return (By.Decide, s.Bias == '1', s.Turn, false);
                    break;
                case By.Decide when s.Turn == Turn.Open:
                    yield return saw ? (By.Refused, saw, Turn.Owners, false) : (By.Inside, saw, Turn.Held, false);
                    break;
                case By.Decide:
                    yield return (By.Look, saw, s.Turn, false);
                    break;
                case By.Inside:
                    yield return (By.Left, saw, Turn.Free, false);
                    break;
            }
        }
    }
}
