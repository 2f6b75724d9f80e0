using System.Reflection;
using System.Reflection.Emit;

namespace Sluice;

/// <summary>Finds the code of a state machine that can still run from an await on. Code before it, outside of a loop, is over: variables that only that code uses need
/// not be stored.</summary>
/// <remarks>It follows the jumps, and knows the state while the code's first steps decide by it where to go on. Where it does not know, it takes
/// all ways, so it may find too much and never too little. Handlers of exceptions count as soon as something that they guard does.</remarks>
internal sealed class CodeFlow
{
    private readonly Instruction[] _code;
    private readonly Dictionary<int, int> _indexes;
    private readonly IList<ExceptionHandlingClause> _clauses;
    private readonly int _state;
    private readonly HashSet<(int Index, int? State)> _seen = [];
    private readonly Stack<(int Index, int? State)> _left = new();
    private readonly bool[] _isReached;
    private string? _field;
    private bool _isRead;

    private CodeFlow(MethodBase moveNext, int state)
    {
        _code = [.. CodeReader.Read(moveNext)];
        _indexes = _code.Index().ToDictionary(static one => one.Item.At, static one => one.Index);
        _clauses = moveNext.GetMethodBody()!.ExceptionHandlingClauses;
        _state = state;
        _isReached = new bool[_code.Length];
    }

    /// <summary>The instructions that can run when a state machine goes on from this state.</summary>
    internal static IEnumerable<Instruction> From(MethodBase moveNext, int state)
    {
        var flow = new CodeFlow(moveNext, state);
        if (flow._code.Any(static instruction => (instruction.Code == OpCodes.Ldloca_S || instruction.Code == OpCodes.Ldloca) && IsFirstLocal(instruction)))
        {
            return flow._code; // the copy of the state may be changed in ways that are not seen here
        }

        flow._left.Push((0, null));
        do
        {
            flow.Follow();
        }
        while (flow.AddHandlers());

        return flow._code.Where((_, index) => flow._isReached[index]);
    }

    /// <summary>Returns whether a state machine that goes on from this state reads what is in a field, on some way without an exception, before it writes to it.</summary>
    internal static bool Reads(MethodBase moveNext, int state, string field)
    {
        var flow = new CodeFlow(moveNext, state) { _field = field };
        flow._left.Push((0, null));
        flow.Follow();
        return flow._isRead;
    }

    private static bool IsFirstLocal(Instruction instruction) => instruction.Operand is byte[] raw && raw.AsSpan().IndexOfAnyExcept((byte)0) < 0;

    private void Follow()
    {
        while (_left.TryPop(out var next))
        {
            var (index, state) = next;
            while (index < _code.Length && _seen.Add((index, state)))
            {
                _isReached[index] = true;
                var instruction = _code[index];
                if (instruction.Code == OpCodes.Stloc_0)
                {
                    state = StateSetAt(index);
                }

                if (_field is not null && instruction.Operand is FieldInfo field && field.Name == _field)
                {
                    _isRead |= instruction.Code != OpCodes.Stfld && _code[index + 1].Code != OpCodes.Initobj;
                    break;
                }

                if (instruction.Code.FlowControl is FlowControl.Return or FlowControl.Throw || instruction.Code == OpCodes.Endfinally || instruction.Code == OpCodes.Endfilter)
                {
                    break;
                }

                if (instruction.Code.FlowControl is FlowControl.Branch or FlowControl.Cond_Branch)
                {
                    foreach (var target in TargetsOf(index, state))
                    {
                        _left.Push((target, state));
                    }

                    break;
                }

                index++;
            }
        }
    }

    /// <summary>The value of the copy of the state from here on: the state itself at the beginning, else a number or not known.</summary>
    private int? StateSetAt(int index) =>
        _code[index - 1].Operand is FieldInfo { Name: "<>1__state" } && _code[index - 1].Code == OpCodes.Ldfld ? index == 2 ? _state : null
        : _code[index - 1].Constant ?? (_code[index - 1].Code == OpCodes.Dup ? _code[index - 2].Constant : null);

    private int[] TargetsOf(int index, int? state)
    {
        var instruction = _code[index];
        int[] targets = [.. instruction.Targets.Select(target => _indexes[target])];
        if (instruction.Code.FlowControl == FlowControl.Branch)
        {
            return targets;
        }

        var next = index + 1;
        if (state is { } known)
        {
            if (_code[index - 1].Code == OpCodes.Ldloc_0)
            {
                if (instruction.Code == OpCodes.Switch)
                {
                    return [known >= 0 && known < targets.Length ? targets[known] : next];
                }

                if (instruction.Code == OpCodes.Brfalse || instruction.Code == OpCodes.Brfalse_S)
                {
                    return [known == 0 ? targets[0] : next];
                }

                if (instruction.Code == OpCodes.Brtrue || instruction.Code == OpCodes.Brtrue_S)
                {
                    return [known != 0 ? targets[0] : next];
                }
            }
            else if (index > 1 && _code[index - 2].Code == OpCodes.Ldloc_0 && _code[index - 1].Constant is { } other)
            {
                if (instruction.Code == OpCodes.Beq || instruction.Code == OpCodes.Beq_S)
                {
                    return [known == other ? targets[0] : next];
                }

                if (instruction.Code == OpCodes.Bne_Un || instruction.Code == OpCodes.Bne_Un_S)
                {
                    return [known != other ? targets[0] : next];
                }
            }
        }

        return [next, .. targets];
    }

    private bool AddHandlers()
    {
        foreach (var clause in _clauses)
        {
            if (_code.Index().Any(one => _isReached[one.Index] && one.Item.At >= clause.TryOffset && one.Item.At < clause.TryOffset + clause.TryLength))
            {
                _left.Push((_indexes[clause.HandlerOffset], null));
                if (clause.Flags == ExceptionHandlingClauseOptions.Filter)
                {
                    _left.Push((_indexes[clause.FilterOffset], null));
                }
            }
        }

        return _left.Any(next => !_seen.Contains(next));
    }
}
