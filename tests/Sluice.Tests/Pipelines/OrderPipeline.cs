namespace Sluice.Tests;

/// <summary>The large pipeline whose picture is in the documentation: a shop's orders of two origins, of which those that cannot be
/// read are kept aside and the others are routed, priced and sent to three places.</summary>
internal sealed class OrderPipeline
{
    /// <summary>The orders that cannot be read.</summary>
    internal List<string> Unread { get; } = [];

    /// <summary>The orders that came to the dashboard.</summary>
    internal List<string> Shown { get; } = [];

    /// <summary>The number of times that stock was asked for, for each order.</summary>
    internal Dictionary<long, int> Reservations { get; } = [];

    internal static PipelineGraph Graph() => new OrderPipeline().Of(
        Source.Lines("web.jsonl", follow: true), Source.StandardInput(), Source.Interval(TimeSpan.FromMinutes(1)), Sink.WriteLines("points.txt")).Graph;

    internal Pipeline Of(Source<string> web, Source<string> shop, Source<long> minutes, Sink<string> points)
    {
        var deadLetters = Target.Start<DeadLetter<string>>(KeepUnread);
        var dashboard = Sink.ForEach<string>(Shown.Add).Named("dashboard");
        var reserve = Stage.SelectAsync<Order, Order>(ReserveStock, degree: 8).OnError(ErrorPolicy.Retry(3, thenSkip: true));
        var orders = web.Named("web orders")
            .Merge(shop.Named("shop orders"))
            .Through(Stage.ParseJsonLines<Order>().OnError(ErrorPolicy.Skip, deadLetters))
            .Distinct(order => order.Number, capacity: 100_000)
            .Buffer(1000)
            .Route(
                [(order => order.IsExpress, reserve.Named("reserve at once")), (order => order.Amount > 10_000, Stage.Create<Order, Order>(AskForCredit))],
                otherwise: Stage.Chunk<Order>(50, TimeSpan.FromSeconds(5)) | Stage.SelectMany<Order[], Order>(batch => batch.OrderBy(order => order.Shelf)));
        var rates = minutes.Select(_ => 1.08m).Named("exchange rate");
        return orders.CombineLatest(rates, (order, rate) => order with { Amount = order.Amount * rate }).Named("price")
            .Broadcast(
                Stage.ForEachKey<Order, string, string>(order => order.Customer, Loyalty) | points.Named("points"),
                Stage.TumblingWindow<Order>(TimeSpan.FromHours(1)) | Stage.Select<Window<Order>, string>(hour => $"{hour.Items.Sum(order => order.Amount)}").Named("revenue") | dashboard,
                Stage.Where<Order>(order => order.Amount > 1000) | Stage.Throttle<Order>(TimeSpan.FromSeconds(10)) | Stage.ToJsonLines<Order>() | dashboard);
    }

    /// <summary>Fails twice for orders from 200 on, and each time for those from 300 on.</summary>
    private async Task<Order> ReserveStock(Order order, CancellationToken cancellation)
    {
        await Task.Yield();
        cancellation.ThrowIfCancellationRequested();
        lock (Reservations)
        {
            var attempt = Reservations[order.Number] = Reservations.GetValueOrDefault(order.Number) + 1;
            return order.Number >= 300 || (order.Number >= 200 && attempt <= 2) ? throw new IOException("The warehouse does not answer.") : order;
        }
    }

    private async Coroutine KeepUnread(Inbox<DeadLetter<string>> letters)
    {
        await foreach (var letter in letters)
        {
            Unread.Add(letter.Item);
        }
    }

    private static Coroutine AskForCredit(Inbox<Order> orders, Target<Order> next) => Stages.Pass(orders, next);

    private static async Coroutine Loyalty(string customer, Inbox<Order> orders, Target<string> next)
    {
        await foreach (var order in orders)
        {
            await next.SendAsync($"{customer}: {order.Number}");
        }
    }

    internal sealed record Order(long Number, string Customer, decimal Amount, bool IsExpress, string Shelf);
}
