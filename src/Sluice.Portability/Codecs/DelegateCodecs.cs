using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>A delegate to one method: the method is part of its type, so all that is stored is what it is called on.</summary>
internal sealed class DelegateCodec(Type type, MethodInfo method) : TypeCodec(type)
{
    private static readonly ConcurrentDictionary<(Type, MethodInfo), DelegateCodec> s_all = new();

    internal override bool IsOfType => false;

    internal override IReadOnlyList<FieldSchema> Layout => BuildMark.Of(method);

    internal override IEnumerable<Type> Names => [Type, method.DeclaringType!, .. method.IsGenericMethod ? method.GetGenericArguments() : []];

    internal override string? Refusal => method.DeclaringType is null ? "a method that was emitted at run time cannot be stored" : null;

    /// <summary>Leaves out the code of methods of .NET: each update of it would be other code.</summary>
    internal override string Code => PortableTypes.IsOfFramework(method.DeclaringType!) ? "" : CodeText.Of(method) + CodeUse.MakerOf(method.DeclaringType!);

    internal static DelegateCodec Of(Delegate item) => For(item.GetType(), item.Method);

    internal static DelegateCodec For(Type type, MethodInfo method) => s_all.GetOrAdd((type, method), static key => new(key.Item1, key.Item2));

    internal override void WriteIdentity(ByteSink to)
    {
        to.WriteByte((byte)SchemaKind.Delegate);
        TypeNames.Write(to, Type);
        MethodNames.Write(to, method);
    }

    internal override void Used(SnapshotWriter writer) => writer.Use(method);

    internal override void WriteHead(SnapshotWriter writer, object item) => writer.ReferenceInHead(((Delegate)item).Target);

    internal override object Create(SnapshotReader reader)
    {
        var id = reader.Heads.ReadVarint();
        reader.MakeLate([id], () => reader.IsMissing(id) ? MissingObject.Instance : Delegate.CreateDelegate(Type, reader.At(id), method));
        return null!;
    }
}

/// <summary>A delegate to several methods: a list of delegates to one.</summary>
internal sealed class MulticastCodec(Type type) : TypeCodec(type)
{
    internal override bool IsOfType => false;

    internal override void WriteHead(SnapshotWriter writer, object item)
    {
        var list = ((Delegate)item).GetInvocationList();
        writer.Heads.WriteCount(list.Length);
        foreach (var one in list)
        {
            writer.ReferenceInHead(one);
        }
    }

    internal override object Create(SnapshotReader reader)
    {
        var ids = new ulong[reader.Heads.ReadCount()];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = reader.Heads.ReadVarint();
        }

        reader.MakeLate(ids, () => ids.Any(reader.IsMissing) ? MissingObject.Instance : Delegate.Combine([.. ids.Select(id => reader.At(id) is Delegate { HasSingleTarget: true } one ? one : throw ByteSource.Truncated())])!);
        return null!;
    }
}

/// <summary>Methods as bytes.</summary>
internal static class MethodNames
{
    internal static void Write(ByteSink to, MethodInfo method)
    {
        TypeNames.Write(to, method.DeclaringType!);
        to.WriteText(CodeMethods.Identity(method));
        var arguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        to.WriteCount(arguments.Length);
        foreach (var argument in arguments)
        {
            TypeNames.Write(to, argument);
        }
    }

    /// <summary>The methods that this can be: several if only the compiler's numbers tell them apart.</summary>
    internal static IEnumerable<MethodInfo> Read(ByteSource from, SnapshotOptions options) => Read(from, options, CodeMethods.Find);

    /// <summary>The methods of the same name, with any parameters.</summary>
    internal static IEnumerable<MethodInfo> ReadNamed(ByteSource from, SnapshotOptions options) => Read(from, options, CodeMethods.FindNamed);

    private static IEnumerable<MethodInfo> Read(ByteSource from, SnapshotOptions options, Func<Type, string, IEnumerable<MethodInfo>> find)
    {
        var declaring = TypeNames.Read(from, options).ToList();
        var identity = from.ReadText();
        var arguments = new Type[from.ReadCount()];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = TypeNames.Read(from, options).First();
        }

        return declaring.SelectMany(type => find(type, identity)
            .Where(method => (method.IsGenericMethodDefinition ? method.GetGenericArguments().Length : 0) == arguments.Length)
            .Select(method => Close(method, [.. type.GetGenericArguments(), .. arguments])));
    }

    private static MethodInfo Close(MethodInfo method, Type[] arguments)
    {
        try
        {
            return CodeMethods.WithArguments(method, arguments);
        }
        catch (ArgumentException error)
        {
            throw new SnapshotException($"The snapshot was made by other code: '{method.Name}' does not take these type arguments.", error);
        }
    }
}
