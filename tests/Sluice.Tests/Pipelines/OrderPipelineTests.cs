using System.Text.Json;
using System.Threading.Channels;

namespace Sluice.Tests;

/// <summary>The pipeline that the documentation draws does what it says.</summary>
public sealed class OrderPipelineTests
{
    [Fact]
    public async Task Its_orders_arrive_retries_are_per_order_and_what_fails_is_left_out()
    {
        var (orders, points) = (new OrderPipeline(), new List<string>());
        var (web, shop, minutes) = (Channel.CreateUnbounded<string>(), Channel.CreateUnbounded<string>(), Channel.CreateUnbounded<long>());
        var run = orders.Of(Source.From(web.Reader), Source.From(shop.Reader), Source.From(minutes.Reader), Sink.ForEach<string>(points.Add)).RunAsync();
        Assert.True(minutes.Writer.TryWrite(1)); // the rate has to be known before the first order
        foreach (var number in Enumerable.Range(101, 40).Concat(Enumerable.Range(201, 40)).Concat(Enumerable.Range(301, 40)))
        {
            Assert.True((number % 2 == 0 ? web : shop).Writer.TryWrite(LineOf(number, isExpress: true)));
        }

        Assert.True(web.Writer.TryWrite("no order"));
        Assert.True(web.Writer.TryWrite(LineOf(101, isExpress: true))); // comes twice
        Assert.True(shop.Writer.TryWrite(LineOf(901, isExpress: false)));
        web.Writer.Complete();
        shop.Writer.Complete();
        minutes.Writer.Complete();

        await Wait.For(run);

        Assert.Equal(["no order"], orders.Unread);
        Assert.All(orders.Reservations, order => Assert.Equal(order.Key >= 300 ? 4 : order.Key >= 200 ? 3 : 1, order.Value));
        Assert.Equal(120, orders.Reservations.Count);
        int[] expected = [.. Enumerable.Range(101, 40), .. Enumerable.Range(201, 40), 901];
        Assert.Equal(expected.Select(number => $"c{number % 7}: {number}").Order(), points.Order());
        Assert.Contains($"{expected.Length * 108m:0.00}", orders.Shown);
    }

    private static string LineOf(int number, bool isExpress) =>
        JsonSerializer.Serialize(new OrderPipeline.Order(number, $"c{number % 7}", 100m, isExpress, $"s{number % 3}"));
}
