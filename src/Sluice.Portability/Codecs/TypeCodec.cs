using System.Collections.Concurrent;
using System.Net;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sluice;

/// <summary>Describes how the objects of one type are stored; of delegates, those of one method.</summary>
internal abstract class TypeCodec(Type type)
{
    private static readonly ConcurrentDictionary<Type, TypeCodec> s_ofType = new();

    private SchemaBytes? _schema;
    private bool? _isOfLibrary;

    internal Type Type => type;

    /// <summary>Gets whether its objects are the library's own, which keys of a node may have in common.</summary>
    internal bool IsOfLibrary => _isOfLibrary ??= !type.IsSubclassOf(typeof(Coroutine)) && !typeof(IPort).IsAssignableFrom(type) && LibraryAssemblies.Contains(type.Assembly);

    /// <summary>The reason why such objects cannot be stored at all.</summary>
    internal virtual string? Refusal => null;

    /// <summary>The types that a reader must allow.</summary>
    internal virtual IEnumerable<Type> Names => [type];

    /// <summary>Gets whether all objects of the type have this codec.</summary>
    internal virtual bool IsOfType => true;

    /// <summary>Gets whether its objects can be rebuilt only after what they reach, since that decides a hash or an order.</summary>
    internal virtual bool DependsOnElements => false;

    /// <summary>The text that must be the same where the snapshot is resumed.</summary>
    internal SchemaBytes Schema => _schema ??= Schemas.Of(this);

    internal virtual IReadOnlyList<FieldSchema> Layout => [];

    internal static TypeCodec Of(object item) => item switch
    {
        Delegate { HasSingleTarget: true } one => DelegateCodec.Of(one),
        Delegate many => For(many.GetType()),
        System.Type => For(typeof(Type)),
        Encoding encoding when PortableTypes.IsOfFramework(encoding.GetType()) => For(typeof(Encoding)),
        IPAddress address when PortableTypes.IsOfFramework(address.GetType()) => For(typeof(IPAddress)),
        JsonValue value => For(typeof(JsonValue)),
        Regex regex when regex.GetType() != typeof(Regex) && LeafCodecs.IsGenerated(regex.GetType()) => For(typeof(Regex)),
        _ => SingletonCodec.Find(item) ?? FrozenCodecs.Of(item) ?? For(item.GetType()),
    };

    internal static TypeCodec For(Type type) => s_ofType.GetOrAdd(type, static type => Make(type));

    /// <summary>Says which type it is.</summary>
    internal virtual void WriteIdentity(ByteSink to)
    {
        var version = StageVersionAttribute.Of(type);
        to.WriteByte((byte)(version == 1 ? SchemaKind.Type : SchemaKind.VersionedType));
        TypeNames.Write(to, type);
        if (version != 1)
        {
            to.WriteCount(version);
        }
    }

    /// <summary>Further text that must be the same, such as the code. An object that lambdas are called on holds only variables: each of the
    /// lambdas that is stored brings its own code, and the others may change.</summary>
    internal virtual string Code => CodeUse.HoldsLambdas(type) ? CodeUse.MakerOf(type) : CodeUse.IsOfCompiler(type) ? CodeText.OfAllMethods(type) : GetType().Name;

    /// <summary>The codec for what an older version of the code stored; null if there is no way.</summary>
    internal virtual TypeCodec? TryUpgrade(SchemaBytes stored, int version, SnapshotOptions options) => null;

    /// <summary>Called once for each snapshot that has such objects.</summary>
    internal virtual void Used(SnapshotWriter writer)
    {
    }

    internal virtual void WriteHead(SnapshotWriter writer, object item)
    {
    }

    internal virtual void WriteBody(SnapshotWriter writer, object item)
    {
    }

    /// <summary>The object, not filled yet.</summary>
    internal virtual object Create(SnapshotReader reader) => RuntimeHelpers.GetUninitializedObject(type);

    internal virtual void ReadBody(SnapshotReader reader, object item)
    {
    }

    private static TypeCodec Make(Type type)
    {
        if (LeafCodecs.Find(type) is { } leaf)
        {
            return leaf;
        }

        if (JsonNodeCodecs.Find(type) is { } node)
        {
            return node;
        }

        if (type == typeof(ElapsedTime))
        {
            return new ElapsedTimeCodec();
        }

        if (type == typeof(KeptError))
        {
            return new KeptErrorCodec();
        }

        if (typeof(INotStored).IsAssignableFrom(type))
        {
            return new EmptyCodec(type);
        }

        if (type.IsArray)
        {
            var element = type.GetElementType()!;
            return PortableTypes.Refusal(element) is { } reason && (element.IsValueType || element.IsPointer || element.IsFunctionPointer) ? new RefusedCodec(type, reason) : Of(typeof(ArrayCodec<>), element, type);
        }

        if (type.IsSubclassOf(typeof(Delegate)))
        {
            return new MulticastCodec(type);
        }

        if (type.IsSubclassOf(typeof(Coroutine)))
        {
            return DefinitionOf(type) is var coroutine && (coroutine == typeof(CoroutineBox<>) || coroutine == typeof(CoroutineBox<,>))
                ? Of(typeof(CoroutineCodec<>), type.GetGenericArguments()[0], type)
                : new EndedCodec(type);
        }

        if (typeof(IPort).IsAssignableFrom(type))
        {
            return DefinitionOf(type) is var port && (port == typeof(CoroutineTarget<>) || port == typeof(CoroutineTarget<,>)) ? new PortCodec(type)
                : typeof(IInnerTarget).IsAssignableFrom(type) ? new InnerTargetCodec(type)
                : new RefusedCodec(type, "it belongs to a run of a pipeline. Only coroutines that were started by hand (Target.Start), and what they send to, can be captured");
        }

        if (type.IsClass && OwnCodecs.Of(type) is { } own)
        {
            return Of(typeof(OwnObjectCodec<>), type, own);
        }

        if ((CollectionCodecs.Find(type) ?? FrozenCodecs.Find(type)) is { } collection)
        {
            return collection;
        }

        if (PortableTypes.Refusal(type) is { } refusal)
        {
            return new RefusedCodec(type, refusal);
        }

        if (type.IsValueType)
        {
            return Of(typeof(BoxedCodec<>), type);
        }

        return typeof(IExchange).IsAssignableFrom(type) ? Of(typeof(ExchangeCodec<>), type)
            : Of(typeof(ObjectCodec<>), type);
    }

    private static Type DefinitionOf(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : type;

    private static TypeCodec Of(Type codec, Type argument, params object[] arguments) =>
        (TypeCodec)Activator.CreateInstance(codec.MakeGenericType(argument), BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, null, arguments, null)!;
}
