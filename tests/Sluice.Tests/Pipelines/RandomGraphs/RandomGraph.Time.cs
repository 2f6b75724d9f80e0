namespace Sluice.Tests;

/// <content>Stages that wait for time or for work beside the items; on the clock of <see cref="Turns"/>.</content>
internal sealed partial class RandomGraph
{
    private (Stage<int, int> Stage, Func<GraphModel, GraphModel> Change) InTime()
    {
        var number = _random.Next(1, 5);
        var time = TimeSpan.FromSeconds(number);
        switch (_random.Next(9))
        {
            case 0:
                _text.Append($"Delay({number})");
                return (Stage.Delay<int>(time, capacity: number), model => model);
            case 1:
                _text.Append($"Chunk({number}, in time)");
                return (Stage.Chunk<int>(number, time) | Flat<int[]>(), model => model);
            case 2:
                _text.Append("TumblingWindow");
                return (Stage.TumblingWindow<int>(time) | Stage.SelectMany<Window<int>, int>(window => window.Items), model => model);
            case 3:
                _text.Append($"Buffer({number})");
                return (Stage.Buffer<int>(number), model => model);
            case 4:
                var onFull = _random.Next(2) == 0 ? OnFull.DropOldest : OnFull.DropNewest;
                _text.Append($"Buffer({number}, {onFull})");
                var ledger = NewLedger($"{onFull}");
                ledger.Expect(null);
                return (ledger.Around(Stage.Buffer<int>(number, onFull, ledger.Aside.Add)), model => model.Some());
            case 5:
                _text.Append($"SelectAsync({number})");
                return (Stage.SelectAsync<int, int>(Slowly, number), model => model);
            case 6:
                _text.Append($"SelectAsync({number}, any order)");
                return (Stage.SelectAsync<int, int>(Slowly, number, ordered: false), model => model.Scattered());
            case 7:
                _text.Append($"RateLimit({number})");
                return (Stage.RateLimit<int>(number, TimeSpan.FromSeconds(1)), model => model);
            default:
                _text.Append(number switch { 1 => "Debounce", 2 => "Throttle", _ => "Sample" });
                return (number switch { 1 => Stage.Debounce<int>(time), 2 => Stage.Throttle<int>(time), _ => Stage.Sample<int>(time) }, model => model.Some());
        }

        async Task<int> Slowly(int item, CancellationToken cancellation)
        {
            for (var turns = item & 3; turns > 0; turns--)
            {
                await _turns.GiveWay();
            }

            return item;
        }
    }
}
