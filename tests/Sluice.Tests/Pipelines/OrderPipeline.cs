namespace Sluice.Tests;

/// <summary>The large pipeline whose picture is in the documentation. It is drawn, not run: a shop's orders of two origins, of
/// which those that cannot be read are kept aside and the others are routed, priced and sent to three places.</summary>
internal static class OrderPipeline
{
    internal static PipelineGraph Graph()
    {
        var deadLetters = Target.Start<DeadLetter<string>>(Stages.Drain);
        var dashboard = Sink.ForEach<string>(_ => { }).Named("dashboard");
        var reserve = Stage.SelectAsync<Order, Order>(ReserveStock, degree: 8).OnError(ErrorPolicy.Retry(3, thenSkip: true));
        var orders = Source.Lines("web.jsonl", follow: true).Named("web orders")
            .Merge(Source.StandardInput().Named("shop orders"))
            .Through(Stage.ParseJsonLines<Order>().OnError(ErrorPolicy.Skip, deadLetters))
            .Distinct(order => order.Number, capacity: 100_000)
            .Buffer(1000)
            .Route(
                [(order => order.IsExpress, reserve.Named("reserve at once")), (order => order.Amount > 10_000, Stage.Create<Order, Order>(AskForCredit))],
                otherwise: Stage.Chunk<Order>(50, TimeSpan.FromSeconds(5)) | Stage.SelectMany<Order[], Order>(batch => batch.OrderBy(order => order.Shelf)));
        var rates = Source.Interval(TimeSpan.FromMinutes(1)).Select(_ => 1.08m).Named("exchange rate");
        return orders.CombineLatest(rates, (order, rate) => order with { Amount = order.Amount * rate }).Named("price")
            .Broadcast(
                Stage.ForEachKey<Order, string, string>(order => order.Customer, Loyalty) | Sink.WriteLines("points.txt").Named("points"),
                Stage.TumblingWindow<Order>(TimeSpan.FromHours(1)) | Stage.Select<Window<Order>, string>(hour => $"{hour.Items.Sum(order => order.Amount)}").Named("revenue") | dashboard,
                Stage.Where<Order>(order => order.Amount > 1000) | Stage.Throttle<Order>(TimeSpan.FromSeconds(10)) | Stage.ToJsonLines<Order>() | dashboard).Graph;
    }

    private static Task<Order> ReserveStock(Order order, CancellationToken cancellation) => Task.FromResult(order);

    private static Coroutine AskForCredit(Inbox<Order> orders, Target<Order> next) => Stages.Pass(orders, next);

    private static Coroutine Loyalty(string customer, Inbox<Order> orders, Target<string> next) => Stages.Drain(orders);

    private sealed record Order(long Number, string Customer, decimal Amount, bool IsExpress, string Shelf);
}
