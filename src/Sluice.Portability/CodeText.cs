using System.Globalization;
using System.Reflection;
using System.Text;

namespace Sluice;

/// <summary>Writes a method's code as text: each instruction with its operand resolved. Two builds of the same source give the
/// same text, wherever they were made; a changed literal, call or branch gives another.</summary>
internal static class CodeText
{
    /// <summary>The text of a method's body: locals, instructions, and the regions of its exception handlers.</summary>
    internal static string Of(MethodBase method)
    {
        var text = new StringBuilder();
        if (method.GetMethodBody() is not { } body)
        {
            return "no body";
        }

        CodeNames.AppendList(text, body.LocalVariables.Select(static local => local.LocalType), '(', ')');
        text.Append('\n');
        AppendInstructions(text, method);
        foreach (var clause in body.ExceptionHandlingClauses)
        {
            text.Append(CultureInfo.InvariantCulture, $"{clause.Flags} {clause.TryOffset} {clause.TryLength} {clause.HandlerOffset} {clause.HandlerLength} ");
            if (clause.Flags == ExceptionHandlingClauseOptions.Clause)
            {
                CodeNames.Append(text, clause.CatchType!);
            }
            else if (clause.Flags == ExceptionHandlingClauseOptions.Filter)
            {
                text.Append(clause.FilterOffset);
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The same of each method that a type of the compiler has: a closure, an iterator, an anonymous type.</summary>
    internal static string OfAllMethods(Type type)
    {
        const BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        var text = new StringBuilder();
        foreach (var method in type.GetMethods(all).OrderBy(static method => CodeMethods.Identity(method), StringComparer.Ordinal))
        {
            text.Append(CodeMethods.Identity(method)).Append('\n').Append(method.IsGenericMethodDefinition ? "" : Of(method));
        }

        return text.ToString();
    }

    /// <summary>A method, field or type as text, with its signature.</summary>
    internal static void AppendMember(StringBuilder text, MemberInfo member)
    {
        if (member is Type type)
        {
            CodeNames.Append(text, type);
            return;
        }

        if (member.DeclaringType is { } declaring)
        {
            CodeNames.Append(text, declaring);
            text.Append("::");
        }

        text.Append(CodeNames.Stable(member.Name));
        switch (member)
        {
            case FieldInfo field:
                text.Append(' ');
                CodeNames.Append(text, field.FieldType);
                break;
            case MethodBase method:
                if (method.IsGenericMethod)
                {
                    CodeNames.AppendList(text, method.GetGenericArguments(), '<', '>');
                }

                CodeNames.AppendList(text, method.GetParameters().Select(static parameter => parameter.ParameterType), '(', ')');
                if (method is MethodInfo { ReturnType: var result })
                {
                    text.Append(' ');
                    CodeNames.Append(text, result);
                }

                break;
        }
    }

    private static void AppendInstructions(StringBuilder text, MethodBase method)
    {
        foreach (var (instruction, operand) in CodeReader.Read(method))
        {
            text.Append(instruction.Name).Append(' ');
            switch (operand)
            {
                case string value:
                    text.Append(value.Length).Append('"').Append(value).Append('"'); // with its length, so that no text can be made to look like another
                    break;
                case MemberInfo member:
                    AppendMember(text, member);
                    break;
                case byte[] raw:
                    text.Append(Convert.ToHexString(raw));
                    break;
            }

            text.Append('\n');
        }
    }
}
