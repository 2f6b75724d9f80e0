namespace Sluice;

/// <content>The node's inboxes, by number, and which of them are open yet.</content>
internal sealed partial class Node
{
    private Slot _firstSlot;
    private Slot[] _otherSlots = [];
    private int _slots = 1;

    /// <summary>The number of edges that have not ended.</summary>
    private int _openInputs;

    /// <summary>The number of edges that lead to an inbox that is not open yet, or to a node that is held itself. A source starts when there is none. An
    /// exit has one more while what it leads to in another segment is held.</summary>
    private int _heldOutputs;

    /// <summary>Gets whether an inbox behind this node is not open yet.</summary>
    internal bool IsHeld => _heldOutputs > 0;

    /// <summary>The edge into an inbox, if there is only one.</summary>
    internal Edge OnlyInput(int slot = 0) => SlotOf(slot).First!;

    /// <summary>Before the sources start, for each node before what feeds it: what feeds its inboxes, from the second one on, waits until they are
    /// opened.</summary>
    internal void HoldInputs()
    {
        _heldOutputs += Blueprint.Spec.IsHeld ? 1 : 0;
        foreach (var input in _inputs)
        {
            if (Blueprint.Spec.OpensInTurn && input.Slot > 0)
            {
                SlotOf(input.Slot).IsHeld = true;
            }

            input.From._heldOutputs += IsHeldAt(input) ? 1 : 0;
        }
    }

    /// <summary>The node's coroutine comes to an inbox: what feeds it starts, if it feeds no other one that is not open. A second call does
    /// nothing.</summary>
    internal void OpenInput(int slot)
    {
        if (!SlotOf(slot).IsHeld)
        {
            return;
        }

        SlotOf(slot).IsHeld = false;
        if (!IsHeld) // else this node waits for its own turn; what feeds it goes on when that comes
        {
            Free(SlotOf(slot).First);
        }
    }

    /// <summary>Opens the exit: what it leads to in another segment is open. A second call does nothing.</summary>
    internal void OpenOutput()
    {
        if (IsHeld)
        {
            _heldOutputs = 0; // an exit has no other one
            Free(OnlyInput());
        }
    }

    /// <summary>The edges of one inbox only: a walk over all of them, for each inbox, is the square of their number.</summary>
    private void Free(Edge? first)
    {
        var opened = new List<Edge>();
        for (var edge = first; edge is not null; edge = edge.NextOfSlot)
        {
            opened.Add(edge);
        }

        opened.Reverse();
        var free = new Stack<Edge>(opened); // the first one is on top
        while (free.TryPop(out var edge))
        {
            var from = edge.From;
            if (--from._heldOutputs > 0)
            {
                continue;
            }

            run.Open(from);
            for (var i = from._inputs.Count - 1; i >= 0; i--)
            {
                if (!from.SlotOf(from._inputs[i].Slot).IsHeld)
                {
                    free.Push(from._inputs[i]);
                }
            }
        }
    }

    private bool IsHeldAt(Edge input) => IsHeld || SlotOf(input.Slot).IsHeld;

    private void AddInput(Edge edge)
    {
        _inputs.Add(edge);
        _openInputs++;
        _slots = Math.Max(_slots, edge.Slot + 1);
        if (edge.Slot > _otherSlots.Length)
        {
            Array.Resize(ref _otherSlots, Math.Max(edge.Slot, 2 * _otherSlots.Length));
        }

        ref var slot = ref SlotOf(edge.Slot);
        if (slot.First is null)
        {
            slot.First = edge;
        }
        else
        {
            slot.Last!.NextOfSlot = edge;
        }

        slot.Last = edge;
        slot.Edges++;
        slot.Open++;
    }

    private ref Slot SlotOf(int slot) => ref (slot == 0 ? ref _firstSlot : ref _otherSlots[slot - 1]);

    /// <summary>An inbox of the node.</summary>
    private struct Slot
    {
        /// <summary>Null if none leads to it: that happens by hand only.</summary>
        internal Edge? First;
        internal Edge? Last;

        /// <summary>The number of edges that lead to it.</summary>
        internal int Edges;

        /// <summary>The number of edges that have not ended.</summary>
        internal int Open;

        /// <summary>True while the nodes before it wait until it is opened.</summary>
        internal bool IsHeld;
    }
}
