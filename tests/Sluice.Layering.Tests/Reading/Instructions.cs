using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Sluice.Layering.Tests;

/// <summary>Finds what the instructions of a method refer to.</summary>
internal static class Instructions
{
    private static readonly Dictionary<ushort, OperandType> s_operands = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(static field => (OpCode)field.GetValue(null)!)
        .ToDictionary(static code => (ushort)code.Value, static code => code.OperandType);

    /// <summary>The types, members and signatures that the code names, in its order, and the offset of each instruction.</summary>
    internal static List<(int Offset, EntityHandle Token)> Tokens(BlobReader code)
    {
        List<(int, EntityHandle)> tokens = [];
        while (code.RemainingBytes > 0)
        {
            var offset = code.Offset;
            ushort value = code.ReadByte();
            if (value == 0xFE)
            {
                value = (ushort)(value << 8 | code.ReadByte());
            }

            var operand = s_operands[value];
            switch (operand)
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineSig or OperandType.InlineTok or OperandType.InlineType:
                    tokens.Add((offset, MetadataTokens.EntityHandle(code.ReadInt32())));
                    break;
                case OperandType.InlineSwitch:
                    var targets = code.ReadInt32();
                    code.Offset += targets * sizeof(int);
                    break;
                default:
                    code.Offset += SizeOf(operand);
                    break;
            }
        }

        return tokens;
    }

    private static int SizeOf(OperandType operand) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineBrTarget or OperandType.InlineI or OperandType.InlineString or OperandType.ShortInlineR => 4,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        _ => throw new InvalidDataException($"No instruction has an operand of the kind {operand}."),
    };
}
