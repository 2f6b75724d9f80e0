namespace Sluice.Tests.Portability;

/// <content>Types that the coroutines have variables of.</content>
public sealed partial class CodeShapesTests
{
    private struct Adder
    {
        internal int Sum;

        internal async Coroutine<string> Run(Inbox<int> items)
        {
            while (Sum < 110)
            {
                Sum += await items.ReceiveAsync();
            }

            return $"{Sum}";
        }
    }

    private struct Point
    {
        internal int X;
        internal int Y;
    }

    private readonly record struct Stop(int Number);

    private sealed record Bus(string Route, (int Left, int? Right) At, Stop Next);

    private sealed class Scope(List<string> log, string name) : IDisposable
    {
        public void Dispose() => log.Add(name);
    }

    private sealed class Counter(string name, int start)
    {
        private readonly List<int> _seen = [];
        private int _total = start;

        internal async Coroutine<string> Run(Inbox<int> items)
        {
            await foreach (var item in items)
            {
                _seen.Add(item);
                _total += await Double(items);
            }

            return $"{name} {_total} {_seen.Count}";
        }

        private async Coroutine<int> Double(Inbox<int> items) => 2 * (await items.TryReceiveAsync(Timeout.InfiniteTimeSpan)).Item + _seen.Count;
    }

    private abstract class Base
    {
        private readonly int _offset = 5;

        protected abstract string Name { get; }

        internal async Coroutine<string> Run(Inbox<int> items) => $"{Name} {_offset + await items.ReceiveAsync()} {await items.ReceiveAsync()}";
    }

    private sealed class Derived : Base
    {
        protected override string Name => "derived";
    }

    private sealed class Holder<T>(T kept)
    {
        internal async Coroutine<string> Run(Inbox<int> items) => $"{kept} {await items.ReceiveAsync()}";

        internal async Coroutine<string> Both<TOther>(Inbox<int> items)
        {
            var pair = (kept, default(TOther));
            return $"{pair} {await items.ReceiveAsync()} {await items.ReceiveAsync()}";
        }
    }
}
