namespace Sluice;

/// <summary>The waits of coroutines for each other in a snapshot. Each coroutine that waits must lead, over those that await it, to the target or the
/// generator at which the innermost waits: without one it would end and nothing would go on, and in a circle it would go on with
/// itself.</summary>
/// <remarks>The same is looked at before a snapshot is written and before one is resumed, so what the first accepts the second does.
/// Without recursion, and in time that grows with the number of coroutines.</remarks>
internal sealed class WaitStructure
{
    private readonly Dictionary<Coroutine, object?> _links = new(ReferenceEqualityComparer.Instance);
    private readonly List<(Coroutine Coroutine, object Place, object Owner)> _parked = [];
    private readonly List<IExchange> _exchanges = [];

    /// <summary>A coroutine waits for this.</summary>
    internal void Add(Coroutine coroutine, object? link) => _links.Add(coroutine, link);

    /// <summary>At a target this coroutine waits.</summary>
    internal void Add(IPortState port, Coroutine waiting) => _parked.Add((waiting, port, port));

    /// <summary>The same where the target is one of a node's inboxes, and another one of them owns the outermost coroutine.</summary>
    internal void Add(IPortState port, Coroutine waiting, IPortState owner) => _parked.Add((waiting, port, owner));

    /// <summary>A generator, between two steps.</summary>
    internal void Add(IExchange exchange)
    {
        _exchanges.Add(exchange);
        if (exchange.Parked is { } parked)
        {
            _parked.Add((parked, exchange, exchange));
        }
    }

    internal void Clear()
    {
        _links.Clear();
        _parked.Clear();
        _exchanges.Clear();
    }

    /// <summary>A coroutine or a generator whose wait does not fit, and why; null if all do.</summary>
    internal (object At, string Reason)? FindFault()
    {
        foreach (var (coroutine, link) in _links)
        {
            if (!CoroutineLinks.IsWaitedBy(link, coroutine))
            {
                return (coroutine, "it waits for something other than its inbox, a yield or a coroutine that does");
            }
        }

        return FindFaultOfCoroutines() ?? FindFaultOfDelegations();
    }

    private (object, string)? FindFaultOfCoroutines()
    {
        var reached = new HashSet<Coroutine>(ReferenceEqualityComparer.Instance);
        foreach (var (parked, place, owner) in _parked)
        {
            var (at, link) = (parked, place);
            while (true)
            {
                if (!_links.TryGetValue(at, out var known) || !ReferenceEquals(known, link))
                {
                    return (at, "it does not wait where it is waited for");
                }

                if (!reached.Add(at))
                {
                    return (at, "it goes on in two ways, or with itself");
                }

                if (at.Continuation is not Coroutine outer)
                {
                    break;
                }

                (at, link) = (outer, at);
            }

            if (!ReferenceEquals(at.Continuation, owner) || !Owns(owner, at))
            {
                return (at, "nothing awaits it, or something other than what it waits at: nothing would go on when it ends. Await each coroutine that is given the inbox or the exchange before you go on");
            }
        }

        foreach (var coroutine in _links.Keys)
        {
            if (!reached.Contains(coroutine))
            {
                return (coroutine, "nothing resumes it");
            }
        }

        return null;
    }

    private static bool Owns(object owner, Coroutine root) => owner is IPortState port ? port.CanEndWith(root) : ReferenceEquals(((IExchange)owner).Root, root);

    private (object, string)? FindFaultOfDelegations()
    {
        const string Reason = "the generators that it delegates to, or that delegate to it, do not fit";
        var reached = new HashSet<IExchange>(ReferenceEqualityComparer.Instance);
        foreach (var outermost in _exchanges)
        {
            if (outermost.DelegatedBy is not null)
            {
                continue;
            }

            var at = outermost;
            for (; at.DelegatesTo is { } inner; at = inner)
            {
                if (!ReferenceEquals(inner.DelegatedBy, at) || !reached.Add(inner))
                {
                    return (at, Reason);
                }
            }

            if (!ReferenceEquals(at, outermost) && !ReferenceEquals(at, outermost.Innermost))
            {
                return (outermost, Reason);
            }
        }

        return _exchanges.Find(exchange => exchange.DelegatedBy is not null && !reached.Contains(exchange)) is { } lost ? (lost, Reason) : null;
    }
}
