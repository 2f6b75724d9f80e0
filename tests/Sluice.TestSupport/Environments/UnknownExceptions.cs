using System.Reflection;
using System.Reflection.Emit;

namespace Sluice.Tests;

/// <summary>Exceptions whose type no one else knows, since it is made where it is thrown.</summary>
internal static class UnknownExceptions
{
    internal const string TypeName = "Made.Here.HomemadeException";

    internal static Exception Create(string message)
    {
        var module = AssemblyBuilder.DefineDynamicAssembly(new("Made.Here"), AssemblyBuilderAccess.Run).DefineDynamicModule("Made.Here");
        var type = module.DefineType(TypeName, TypeAttributes.Public, typeof(Exception));
        var code = type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, [typeof(string)]).GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Call, typeof(Exception).GetConstructor([typeof(string)])!);
        code.Emit(OpCodes.Ret);
        return (Exception)Activator.CreateInstance(type.CreateType(), message)!;
    }
}
