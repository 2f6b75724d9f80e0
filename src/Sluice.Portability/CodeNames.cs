using System.Text;
using System.Text.RegularExpressions;

namespace Sluice;

/// <summary>Names of types and members that stay the same when unrelated code of the program changes.</summary>
/// <remarks>The compiler numbers the methods of a type, and the lambdas and closures of each method. The number of the
/// method depends on what else the type has, and is left out; the number within the method is kept.</remarks>
internal static partial class CodeNames
{
    /// <summary>The name without what depends on other methods.</summary>
    internal static string Stable(string name) =>
        name.Contains('<', StringComparison.Ordinal) ? NumberOfMethod().Replace(name, "") : name;

    /// <summary>A type as text: assembly, namespace, outer types, name, arguments. Versions of assemblies are left out.</summary>
    internal static string Of(Type type)
    {
        var text = new StringBuilder();
        Append(text, type);
        return text.ToString();
    }

    internal static void Append(StringBuilder text, Type type)
    {
        if (type.IsGenericParameter)
        {
            text.Append(type.DeclaringMethod is null ? "!" : "!!").Append(type.GenericParameterPosition);
        }
        else if (type.IsFunctionPointer)
        {
            text.Append("method ");
            Append(text, type.GetFunctionPointerReturnType());
            AppendList(text, type.GetFunctionPointerParameterTypes(), '(', ')');
        }
        else if (type.HasElementType)
        {
            Append(text, type.GetElementType()!);
            text.Append(type.IsSZArray ? "[]" : type.IsArray ? $"[{new string(',', type.GetArrayRank() - 1)}]" : type.IsByRef ? "&" : "*");
        }
        else
        {
            text.Append('[').Append(type.Assembly.GetName().Name).Append(']');
            AppendName(text, type);
            if (type.IsGenericType)
            {
                AppendList(text, type.GetGenericArguments(), '<', '>');
            }
        }
    }

    internal static void AppendList(StringBuilder text, IEnumerable<Type> types, char open, char close)
    {
        text.Append(open);
        var separator = "";
        foreach (var type in types)
        {
            text.Append(separator);
            Append(text, type);
            separator = ",";
        }

        text.Append(close);
    }

    private static void AppendName(StringBuilder text, Type type)
    {
        if (type.DeclaringType is { } outer)
        {
            AppendName(text, outer);
            text.Append('+');
        }
        else if (type.Namespace is { } space)
        {
            text.Append(space).Append('.');
        }

        text.Append(Stable(type.Name));
    }

    /// <summary><c>&lt;M&gt;d__3</c>, <c>&lt;M&gt;b__3_0</c>, <c>&lt;&gt;c__DisplayClass3_0</c>, <c>&lt;&gt;9__3_0</c>,
    /// <c>&lt;M&gt;g__Local|3_0</c>, <c>&lt;&gt;f__AnonymousType3</c>, <c>&lt;&gt;c__3</c>, <c>&lt;&gt;O.&lt;3&gt;__Parse</c>: the 3; of a local function, whose name
    /// shows, both.</summary>
    [GeneratedRegex(@"(?<=>d__|>b__|>c__|>c__DisplayClass|>9__|>O__|AnonymousType|AnonymousDelegate|^<(?=\d+>__))\d+|(?<=\|)\d+_\d+", RegexOptions.CultureInvariant)]
    private static partial Regex NumberOfMethod();
}
