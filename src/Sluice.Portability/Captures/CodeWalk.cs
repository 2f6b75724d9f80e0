using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;

namespace Sluice;

/// <summary>Told what code does with values that are known.</summary>
internal interface ICodeWatcher
{
    /// <summary>The value of a field of a captured object is loaded.</summary>
    CodeValue? Loaded(KnownObject owner, FieldInfo field);

    /// <summary>A variable is written.</summary>
    /// <param name="path">The way to it.</param>
    /// <param name="field">The field.</param>
    /// <param name="isFirst">Whether it is written only if it was null.</param>
    void Written(string path, FieldInfo field, bool isFirst);

    /// <summary>An element of a captured array is written.</summary>
    void ElementWritten(KnownObject array);

    /// <summary>A method is called, or an object made; <paramref name="arguments"/> have the object that it is called on first. Gives the result.</summary>
    CodeValue? Called(MethodBase method, CodeValue?[] arguments, bool makesObject);
}

/// <summary>Goes through the code of a method and follows values from where they are loaded to where they are used.</summary>
/// <remarks>It goes through once, in the order of the code: of a variable that has several values in turn it knows the one before. Where it does not know, the value is taken for
/// one that was not captured, so it may find too little and never too much.</remarks>
internal sealed class CodeWalk
{
    private readonly MethodBase _method;
    private readonly CodeValue?[] _arguments;
    private readonly ICodeWatcher _watcher;
    private readonly Instruction[] _code;
    private readonly CodeValue?[] _locals;
    private readonly Dictionary<int, CodeValue?[]> _at = [];
    private List<CodeValue?> _stack = [];
    private CodeValue? _result;

    private CodeWalk(MethodBase method, CodeValue?[] arguments, ICodeWatcher watcher)
    {
        _method = method;
        _arguments = arguments;
        _watcher = watcher;
        _code = [.. CodeReader.Read(method)];
        var locals = method.GetMethodBody()?.LocalVariables ?? [];
        // Closures of local functions are values, in variables.
        _locals = [.. locals.OrderBy(static local => local.LocalIndex).Select(static local => local.LocalType is { IsValueType: true } type && CodeUse.IsOfCompiler(type) ? new KnownFrame() : null)];
    }

    /// <summary>Goes through a method with these arguments; the object that it is called on is the first. Gives what it returns.</summary>
    internal static CodeValue? Through(MethodBase method, CodeValue?[] arguments, ICodeWatcher watcher)
    {
        var walk = new CodeWalk(method, arguments, watcher);
        for (var i = 0; i < walk._code.Length; i++)
        {
            walk.Step(i);
        }

        return walk._result;
    }

    private void Step(int index)
    {
        var instruction = _code[index];
        if (_stack.Count == 0 && _at.TryGetValue(instruction.At, out var there))
        {
            _stack = [.. there];
        }

        if (instruction.Operand is FieldInfo field)
        {
            OfField(index, instruction.Code, field);
        }
        else if (instruction.Operand is MethodBase method)
        {
            OfMethod(instruction.Code, method);
        }
        else if (!IsOfVariable(instruction) && !IsOfElement(instruction.Code))
        {
            Other(instruction);
        }
    }

    private void OfField(int index, OpCode code, FieldInfo field)
    {
        if (code == OpCodes.Ldfld)
        {
            Push(Load(Pop(), field));
        }
        else if (code == OpCodes.Ldflda)
        {
            Push(Pop() switch
            {
                KnownObject item => new KnownField(item.PathOf(field), field),
                KnownField outer => outer with { Path = $"{outer.Path}.{VariableNames.Of(field.Name)}" },
                _ => null,
            });
        }
        else if (code == OpCodes.Ldsflda)
        {
            Push(IsOfCompiler(field) ? null : new KnownField(VariableNames.Of(field.Name), field));
        }
        else if (code == OpCodes.Stfld)
        {
            var value = Pop();
            Store(Pop(), field, value, index);
        }
        else if (code == OpCodes.Stsfld)
        {
            Pop();
            if (!IsOfCompiler(field))
            {
                _watcher.Written(VariableNames.Of(field.Name), field, IsAskedForNull(field));
            }
        }
        else
        {
            Push(null);
        }
    }

    private CodeValue? Load(CodeValue? owner, FieldInfo field) => owner switch
    {
        KnownObject item => _watcher.Loaded(item, field),
        KnownFrame frame => frame.Fields.GetValueOrDefault(field.Name),
        _ => null,
    };

    private void Store(CodeValue? owner, FieldInfo field, CodeValue? value, int index)
    {
        switch (owner)
        {
            case KnownFrame frame:
                frame.Fields[field.Name] = value;
                break;
            case KnownObject item:
                _watcher.Written(item.PathOf(field), field, IsAskedForNull(field));
                break;
            case KnownField outer:
                _watcher.Written(outer.Path, outer.Field, isFirst: false);
                break;
            default:
                break; // an object that the code has from elsewhere
        }
    }

    private static bool IsOfCompiler(FieldInfo field) => field.DeclaringType is null || CodeUse.IsOfCompiler(field.DeclaringType) || field.DeclaringType.Name.StartsWith('<');

    /// <summary>As by <c>??=</c>: a value that is made when it is needed first, and may be made again.</summary>
    private bool IsAskedForNull(FieldInfo field)
    {
        for (var i = 0; i + 2 < _code.Length; i++)
        {
            if (_code[i].Operand is FieldInfo read && read == field && (_code[i].Code == OpCodes.Ldfld || _code[i].Code == OpCodes.Ldsfld)
                && _code[i + 1].Code == OpCodes.Dup && (_code[i + 2].Code == OpCodes.Brtrue || _code[i + 2].Code == OpCodes.Brtrue_S))
            {
                return true;
            }
        }

        return false;
    }

    private void OfMethod(OpCode code, MethodBase method)
    {
        if (code == OpCodes.Ldftn)
        {
            Push(new KnownMethod(method));
            return;
        }

        if (code == OpCodes.Ldvirtftn)
        {
            Pop();
            Push(new KnownMethod(method));
            return;
        }

        if (code != OpCodes.Call && code != OpCodes.Callvirt && code != OpCodes.Newobj)
        {
            Push(null); // a token
            return;
        }

        var makesObject = code == OpCodes.Newobj;
        var arguments = new CodeValue?[method.GetParameters().Length + (method.IsStatic || makesObject ? 0 : 1)];
        for (var i = arguments.Length - 1; i >= 0; i--)
        {
            arguments[i] = Pop();
        }

        var result = makesObject && CodeUse.IsClosure(method.DeclaringType!) ? new KnownFrame() : _watcher.Called(method, arguments, makesObject);
        if (makesObject || (method is MethodInfo info && info.ReturnType != typeof(void)))
        {
            Push(result);
        }
    }

    private bool IsOfVariable(Instruction instruction)
    {
        var name = instruction.Code.Name!;
        var index = IndexOf(instruction, name);
        if (name.StartsWith("ldarga", StringComparison.Ordinal))
        {
            Push(null);
        }
        else if (name.StartsWith("ldarg", StringComparison.Ordinal))
        {
            Push(index < _arguments.Length ? _arguments[index] : null);
        }
        else if (name.StartsWith("starg", StringComparison.Ordinal))
        {
            var value = Pop();
            if (index < _arguments.Length)
            {
                _arguments[index] = value;
            }
        }
        else if (name.StartsWith("ldloca", StringComparison.Ordinal))
        {
            Push(index < _locals.Length && _locals[index] is KnownFrame frame ? frame : null);
        }
        else if (name.StartsWith("ldloc.", StringComparison.Ordinal) || name == "ldloc")
        {
            Push(index < _locals.Length ? _locals[index] : null);
        }
        else if (name.StartsWith("stloc", StringComparison.Ordinal))
        {
            var value = Pop();
            if (index < _locals.Length)
            {
                _locals[index] = value;
            }
        }
        else
        {
            return false;
        }

        return true;
    }

    private static int IndexOf(Instruction instruction, string name) => instruction.Operand switch
    {
        byte[] { Length: 1 } one => one[0],
        byte[] { Length: 2 } two => BinaryPrimitives.ReadUInt16LittleEndian(two),
        _ => char.IsDigit(name[^1]) ? name[^1] - '0' : 0,
    };

    private bool IsOfElement(OpCode code)
    {
        if (code.Name!.StartsWith("stelem", StringComparison.Ordinal))
        {
            Pop();
            Pop();
            if (Pop() is KnownObject array)
            {
                _watcher.ElementWritten(array);
            }
        }
        else if (code == OpCodes.Ldelema)
        {
            Pop();
            Push(Pop() is KnownObject array ? new KnownElement(array) : null);
        }
        else if (code.Name.StartsWith("stind", StringComparison.Ordinal) || code == OpCodes.Stobj || code == OpCodes.Cpobj)
        {
            Pop();
            WrittenAt(Pop());
        }
        else if (code == OpCodes.Initobj)
        {
            WrittenAt(Pop());
        }
        else
        {
            return false;
        }

        return true;
    }

    private void WrittenAt(CodeValue? address)
    {
        if (address is KnownField field)
        {
            _watcher.Written(field.Path, field.Field, isFirst: false);
        }
        else if (address is KnownElement element)
        {
            _watcher.ElementWritten(element.Array);
        }
    }

    private void Other(Instruction instruction)
    {
        var code = instruction.Code;
        if (code == OpCodes.Dup)
        {
            var value = Pop();
            Push(value);
            Push(value);
        }
        else if (code == OpCodes.Ret)
        {
            _result = _method is MethodInfo info && info.ReturnType != typeof(void) && _stack.Count > 0 ? Pop() ?? _result : null;
            _stack = [];
        }
        else if (code == OpCodes.Calli)
        {
            _stack = [null]; // more than that is not known
        }
        else if (code != OpCodes.Castclass && code != OpCodes.Isinst) // which leave the value
        {
            for (var count = CountOf(code.StackBehaviourPop.ToString()); count > 0; count--)
            {
                Pop();
            }

            for (var count = CountOf(code.StackBehaviourPush.ToString()); count > 0; count--)
            {
                Push(null);
            }

            Jump(instruction);
        }
    }

    /// <summary>The names of these are the parts, with a line between them.</summary>
    private static int CountOf(string behaviour) => behaviour is "Pop0" or "Push0" or "Varpop" or "Varpush" ? 0 : behaviour.Count(static c => c == '_') + 1;

    private void Jump(Instruction instruction)
    {
        if (instruction.Code.FlowControl is FlowControl.Branch or FlowControl.Cond_Branch)
        {
            foreach (var target in instruction.Targets)
            {
                _at.TryAdd(target, [.. _stack]);
            }
        }

        if (instruction.Code.FlowControl is FlowControl.Branch or FlowControl.Throw || instruction.Code == OpCodes.Endfinally)
        {
            _stack = []; // what is behind it is come to from elsewhere
        }
    }

    private void Push(CodeValue? value) => _stack.Add(value);

    private CodeValue? Pop()
    {
        if (_stack.Count == 0)
        {
            return null; // an exception, for one
        }

        var value = _stack[^1];
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }
}
