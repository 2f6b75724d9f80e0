namespace Sluice.Tests;

/// <summary>The bias of a target by hand and how a second thread takes it: a model of all interleavings, and the real thing.</summary>
public sealed class OwnerBiasTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_interleaving_has_two_threads_inside_or_leaves_an_entry_behind(bool ownerMakesStrand) =>
        Assert.Null(new Model { OwnerMakesStrand = ownerMakesStrand }.FindViolation());

    [Fact]
    public void The_model_finds_that_the_barrier_is_needed() =>
        Assert.NotNull(new Model { HasBarrier = false }.FindViolation());

    [Fact]
    public void The_model_finds_that_the_owner_has_to_look_after_it_says_that_it_is_inside() =>
        Assert.NotNull(new Model { LooksFirst = true }.FindViolation());

    [Fact]
    public void The_model_finds_that_both_have_to_decide_by_one_compare_and_swap() =>
        Assert.NotNull(new Model { OwnerSettles = false }.FindViolation());

    [Fact]
    [Trait("Category", "Stress")]
    public Task The_owner_and_a_thread_that_revokes_are_never_both_inside() => Seed.Run(1, async random =>
    {
        const int Rounds = 30_000;
        var (bias, taken, inside, violations, seenInside) = (default(OwnerBias), false, 0, 0, 0);
        using var start = new Barrier(2);
        var owner = Threads.Run(() =>
        {
            var thread = StrandThread.Current;
            for (var round = 0; round < Rounds; round++)
            {
                Volatile.Write(ref taken, false);
                bias.Give(thread);
                Assert.True(start.SignalAndWait(Wait.Limit), "the revoker did not begin its round");
                while (true)
                {
                    bias.Enter(thread);
                    if (Volatile.Read(ref taken))
                    {
                        break;
                    }

                    violations += Volatile.Read(ref inside); // the revoker's
                    bias.Leave(thread);
                }

                bias.End();
                Assert.True(start.SignalAndWait(Wait.Limit), "the revoker did not end its round");
            }
        });
        for (var round = 0; round < Rounds; round++)
        {
            Assert.True(start.SignalAndWait(Wait.Limit), "the owner did not begin its round");
            Thread.SpinWait(random.Next(40));
            Volatile.Write(ref taken, true);
            if (bias.Revoke())
            {
                seenInside++;
            }
            else
            {
                Volatile.Write(ref inside, 1);
                Thread.SpinWait(5);
                Volatile.Write(ref inside, 0);
            }

            Assert.True(start.SignalAndWait(Wait.Limit), "the owner did not end its round");
        }

        await Wait.For(owner);
        Assert.Equal(0, violations);
        Assert.InRange(seenInside, 0, Rounds);
    });

    /// <summary>Two threads on processors that delay writes (total store order): every interleaving of their steps, and of the moments at
    /// which the owner's writes reach memory, step by step as in <see cref="OwnerBias"/>, <see cref="Strand"/> and
    /// <see cref="CoroutineTarget{T}"/>.</summary>
    private sealed class Model
    {
        private const int Rounds = 2;

        internal bool HasBarrier { get; init; } = true;

        internal bool LooksFirst { get; init; }

        internal bool OwnerSettles { get; init; } = true;

        /// <summary>While it is inside, the owner needs a strand.</summary>
        internal bool OwnerMakesStrand { get; init; }

        private enum Claim
        {
            Open,
            Owner,
            Revoker,
            Settled,
        }

        private enum At
        {
            SayInside,
            Look,
            BackOut,
            Inside,
            MakeStrand,
            SayOutside,
            LookAgain,
            SettleOutside,
            HoldStrand,
            Done,
        }

        private enum By
        {
            Make,
            Barrier,
            LookInside,
            Settle,
            HoldStrand,
            LeaveEntry,
            Done,
        }

        /// <summary>The owner's writes to the bias that have not reached memory are in <paramref name="Buffer"/>, oldest first.</summary>
        private readonly record struct State(At Owner, int Round, bool HasLooked, string Buffer, char Bias, bool HasStrand, Claim Claim, By Revoker, bool SawInside, bool EntryWaits, bool OwnerDrained);

        /// <summary>Null, or the steps to a state that must not be.</summary>
        internal string? FindViolation()
        {
            var first = new State(At.SayInside, 0, false, "", '0', false, Claim.Settled, By.Make, false, false, false);
            var cameFrom = new Dictionary<State, State?> { [first] = null };
            var open = new Stack<State>([first]);
            while (open.TryPop(out var state))
            {
                if (Wrong(state) is { } wrong)
                {
                    var path = wrong;
                    for (State? at = state; at is not null; at = cameFrom[at.Value])
                    {
                        path += Environment.NewLine + at;
                    }

                    return path;
                }

                foreach (var next in Owner(state).Concat(Revoker(state)).Concat(Drain(state)))
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
            var ownerIsInside = s.Owner is At.Inside or At.MakeStrand or At.HoldStrand;
            return ownerIsInside && s.Revoker == By.HoldStrand ? "both are inside"
                : s is { Owner: At.Done, Revoker: By.Done, EntryWaits: true } ? "an entry is left behind"
                : null;
        }

        private static IEnumerable<State> Drain(State s)
        {
            if (s.Buffer.Length > 0)
            {
                yield return s with { Bias = s.Buffer[0], Buffer = s.Buffer[1..] };
            }
        }

        private IEnumerable<State> Owner(State s)
        {
            // A compare-and-swap waits for the writes before it.
            var isDrained = s.Buffer.Length == 0;
            switch (s.Owner)
            {
                case At.SayInside when LooksFirst && !s.HasLooked:
                    yield return s.HasStrand ? s with { Owner = At.Done } : s with { HasLooked = true };
                    break;
                case At.SayInside:
                    yield return s with { Owner = LooksFirst ? At.Inside : At.Look, Buffer = s.Buffer + '1', HasLooked = false };
                    break;
                case At.Look:
                    yield return s with { Owner = s.HasStrand ? At.BackOut : At.Inside };
                    break;
                case At.BackOut when !OwnerSettles:
                    yield return s with { Owner = At.Done, Buffer = s.Buffer + '0' };
                    break;
                case At.BackOut when isDrained:
                    yield return Settled(s, isInside: false);
                    break;
                case At.Inside:
                    yield return s with { Owner = OwnerMakesStrand ? At.MakeStrand : At.SayOutside };
                    break;
                case At.MakeStrand when isDrained && !s.HasStrand:
                    yield return s with { HasStrand = true, Claim = Claim.Settled, Owner = At.HoldStrand };
                    break;
                case At.MakeStrand when isDrained:
                    yield return Settled(s, isInside: true);
                    break;
                case At.SayOutside:
                    yield return s with { Owner = At.LookAgain, Buffer = s.Buffer + '0' };
                    break;
                case At.LookAgain when s.HasStrand:
                    yield return s with { Owner = OwnerSettles ? At.SettleOutside : At.Done };
                    break;
                case At.LookAgain:
                    yield return s with { Owner = s.Round + 1 < Rounds ? At.SayInside : At.Done, Round = s.Round + 1 };
                    break;
                case At.SettleOutside when isDrained:
                    yield return Settled(s, isInside: false);
                    break;
                case At.HoldStrand: // runs what waits, and lets go
                    yield return s with { Owner = At.Done, EntryWaits = false, OwnerDrained = true };
                    break;
            }
        }

        private static State Settled(State s, bool isInside)
        {
            var claim = s.Claim == Claim.Open ? isInside ? Claim.Owner : Claim.Revoker : s.Claim;
            return s with { Claim = claim, Owner = claim == Claim.Owner ? At.HoldStrand : At.Done };
        }

        private IEnumerable<State> Revoker(State s)
        {
            switch (s.Revoker)
            {
                case By.Make when s.HasStrand: // an ordinary strand: as any entry
                    yield return s with { Revoker = By.Done, EntryWaits = !s.OwnerDrained };
                    break;
                case By.Make:
                    yield return s with { HasStrand = true, Claim = Claim.Open, Revoker = By.Barrier };
                    break;
                case By.Barrier when HasBarrier:
                    yield return s with { Revoker = By.LookInside, Bias = s.Buffer.Length > 0 ? s.Buffer[^1] : s.Bias, Buffer = "" };
                    break;
                case By.Barrier:
                    yield return s with { Revoker = By.LookInside };
                    break;
                case By.LookInside:
                    yield return s with { Revoker = By.Settle, SawInside = s.Bias == '1' };
                    break;
                case By.Settle:
                    var claim = s.Claim == Claim.Open ? s.SawInside ? Claim.Owner : Claim.Revoker : s.Claim;
                    yield return s with { Claim = claim, Revoker = claim == Claim.Revoker ? By.HoldStrand : By.LeaveEntry };
                    break;
                case By.HoldStrand:
                    yield return s with { Revoker = By.Done };
                    break;
                case By.LeaveEntry: // the owner that has left already has let the strand go: then it is entered
                    yield return s with { Revoker = By.Done, EntryWaits = !s.OwnerDrained };
                    break;
            }
        }
    }
}
