namespace Sluice;

/// <summary>The node that shares items out among the members of a pool: each of its outputs leads to one of them.</summary>
/// <remarks>It may itself be elsewhere, so it holds nothing but what it uses.</remarks>
internal abstract record DistributionSpec<T>() : NodeSpec("distribution", NodeKind.FanOut, null)
{
    internal override IReadOnlyList<EdgeType> Inputs => EdgeType<T>.Only;

    internal override void Start(Node node, object[] outputs)
    {
        var dealer = NewDealer(node, Array.ConvertAll(outputs, static output => (Target<T>)output));
        var port = new DistributionPort<T>(node, dealer);
        node.Body = port;
        var ended = node.Run.Starter?.StartValues(node, dealer);
        port.Start(items => ended ?? ShareOut(items, node, dealer));
    }

    /// <summary>Makes what decides in one run.</summary>
    private protected abstract Dealer<T> NewDealer(Node node, Target<T>[] members);

    private static async Coroutine ShareOut(Inbox<T> items, Node node, Dealer<T> dealer)
    {
        var input = items.GetAsyncEnumerator();
        while (true)
        {
            var (hasItem, thrown) = (false, (Exception?)null);
            try
            {
                hasItem = await input.MoveNextAsync();
            }
            catch (Exception error) when (IsThrownIn(error, node))
            {
                thrown = error;
            }

            var waiting = thrown is not null ? dealer.Throw(thrown) : hasItem ? dealer.Send(input.Current) : dealer.Finish();
            if (waiting is not null)
            {
                await waiting;
            }

            if (thrown is null && !hasItem)
            {
                return;
            }
        }
    }

    /// <summary>Returns whether the stage before has thrown it in, and goes on: it is neither that stage's failure, nor an end of the members or of the run.</summary>
    private static bool IsThrownIn(Exception error, Node node) =>
        !node.Run.Cancellation.IsCancellationRequested
        && !node.Inputs.Any(input => ReferenceEquals(input.From.Failure, error))
        && !node.Outputs.Any(output => ReferenceEquals(output.To.Failure, error))
        && !(error is TargetClosedException ended && node.IsOwnOutput(ended.Port));
}

/// <summary>Its port. The coroutine may wait for an item while sends to members are under way: at a mark they have to be done.</summary>
internal sealed class DistributionPort<T>(Node node, Dealer<T> dealer) : NodePort<T>(node, hasResult: false)
{
    internal override bool WaitsForSends() => base.WaitsForSends() || dealer.IsBusy;
}

/// <summary>Shares out by key.</summary>
internal sealed record KeyedDistributionSpec<T, TKey>(Func<T, TKey> KeySelector, IEqualityComparer<TKey> Comparer) : DistributionSpec<T>
{
    private protected override Dealer<T> NewDealer(Node node, Target<T>[] members) => new KeyDealer<T, TKey>(members, KeySelector, Comparer);
}

/// <summary>Gives each member its items in its turn.</summary>
internal sealed record DistributionInTurnsSpec<T> : DistributionSpec<T>
{
    private protected override Dealer<T> NewDealer(Node node, Target<T>[] members) => new TurnDealer<T>(members);
}

/// <summary>Gives an item to the member that has the fewest waiting.</summary>
internal sealed record DistributionByRoomSpec<T> : DistributionSpec<T>
{
    private protected override Dealer<T> NewDealer(Node node, Target<T>[] members) => new RoomDealer<T>(node, members);
}
