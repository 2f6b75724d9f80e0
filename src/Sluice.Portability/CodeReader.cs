using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;

namespace Sluice;

/// <summary>One instruction of a method. Its operand is a member, a text, or the bytes of anything else.</summary>
internal readonly record struct Instruction(OpCode Code, object? Operand)
{
    /// <summary>Its offset in the method's code.</summary>
    internal int At { get; init; }

    /// <summary>The offset of the next one.</summary>
    internal int Next { get; init; }

    /// <summary>The offsets that it may jump to, in the order of its operand.</summary>
    internal IEnumerable<int> Targets
    {
        get
        {
            if (Operand is not byte[] raw)
            {
                yield break;
            }

            switch (Code.OperandType)
            {
                case OperandType.ShortInlineBrTarget:
                    yield return Next + (sbyte)raw[0];
                    break;
                case OperandType.InlineBrTarget:
                    yield return Next + BinaryPrimitives.ReadInt32LittleEndian(raw);
                    break;
                case OperandType.InlineSwitch:
                    for (var at = 4; at < raw.Length; at += 4)
                    {
                        yield return Next + BinaryPrimitives.ReadInt32LittleEndian(raw.AsSpan(at));
                    }

                    break;
            }
        }
    }

    /// <summary>The integer that it loads; null if it does something else.</summary>
    internal int? Constant =>
        Code == OpCodes.Ldc_I4 ? BinaryPrimitives.ReadInt32LittleEndian((byte[])Operand!)
        : Code == OpCodes.Ldc_I4_S ? (sbyte)((byte[])Operand!)[0]
        : Code.Value >= OpCodes.Ldc_I4_M1.Value && Code.Value <= OpCodes.Ldc_I4_8.Value ? Code.Value - OpCodes.Ldc_I4_0.Value
        : null;
}

/// <summary>Takes the body of a method apart.</summary>
internal static class CodeReader
{
    private static readonly Dictionary<short, OpCode> s_instructions = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(static field => (OpCode)field.GetValue(null)!)
        .ToDictionary(static code => code.Value);

    /// <summary>The instructions, in order; none if the method has no body.</summary>
    internal static IEnumerable<Instruction> Read(MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        var typeArguments = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (var at = 0; at < code.Length;)
        {
            var start = at;
            var isLong = code[at] == 0xFE;
            var instruction = s_instructions[isLong ? unchecked((short)(0xFE00 | code[at + 1])) : code[at]];
            at += isLong ? 2 : 1;
            var length = LengthOf(instruction.OperandType, code.AsSpan(at));
            var raw = code[at..(at + length)];
            at += length;
            yield return new(instruction, instruction.OperandType switch
            {
                OperandType.InlineString => method.Module.ResolveString(BinaryPrimitives.ReadInt32LittleEndian(raw)),
                OperandType.InlineSig => method.Module.ResolveSignature(BinaryPrimitives.ReadInt32LittleEndian(raw)),
                OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType =>
                    method.Module.ResolveMember(BinaryPrimitives.ReadInt32LittleEndian(raw), typeArguments, methodArguments),
                _ => raw,
            })
            {
                At = start,
                Next = at,
            };
        }
    }

    private static int LengthOf(OperandType type, ReadOnlySpan<byte> operand) => type switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BinaryPrimitives.ReadInt32LittleEndian(operand)),
        _ => 4,
    };
}
