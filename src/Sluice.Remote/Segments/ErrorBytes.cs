using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Sluice;

/// <summary>Exceptions as bytes: type, message, stack, stage, inner ones, and the numbers and texts that the type adds.</summary>
/// <remarks>An exception that is read is made without running a constructor, and only of a type that snapshots may have, or one of
/// .NET's that is loaded already; else it is a <see cref="RemoteStageException"/>.</remarks>
internal static class ErrorBytes
{
    /// <summary>The number of levels of inner exceptions that cross.</summary>
    private const int MaxDepth = 16;

    internal const string StageKey = "Sluice.Stage";

    internal static void Write(ByteSink to, Exception error) => Write(to, error, 0);

    internal static Exception Read(ByteSource from, SnapshotOptions options, string peer) => Read(from, options, peer, 0);

    /// <summary>Writes a <see cref="RemoteStageException"/> in place of an error that cannot be written: its type, the beginning of its message, and why it
    /// is not all. It fits into any frame.</summary>
    internal static void WriteOutline(ByteSink to, Exception error, Exception wrong)
    {
        to.WriteText(Cut(error.GetType().FullName ?? error.GetType().Name));
        to.WriteText(""); // of no assembly, so no one makes one of that type
        to.WriteText($"{Cut(Told(error, static error => error.Message))} (It could not be sent as it is: {Cut(Told(wrong, static wrong => wrong.Message))})");
        WriteOptional(to, null);
        to.WriteText("");
        WriteOptional(to, error.NoteOf(StageKey) is string stage ? Cut(stage) : null);
        to.WriteSigned(error.HResult);
        to.WriteCount(0);
        to.WriteCount(0);

        static string Cut(string text) => text.Length <= 100 ? text : $"{text.AsSpan(0, 100)}…";
    }

    private static void Write(ByteSink to, Exception error, int depth)
    {
        var type = error.GetType();
        to.WriteText(error is RemoteStageException { TypeName: var name } ? name : type.FullName ?? type.Name);
        to.WriteText(type.Assembly.GetName().Name ?? "");
        to.WriteText(Told(error, static error => error.Message));
        WriteOptional(to, MessageOf(error));
        to.WriteText(Told(error, static error => error.StackTrace));
        WriteOptional(to, error.NoteOf(StageKey) as string);
        to.WriteSigned(error.HResult);

        var fields = ErrorFields.Of(type);
        to.WriteCount(fields.Count);
        foreach (var field in fields)
        {
            to.WriteText(field.Name);
            WriteOptional(to, ErrorFields.TextOf(field, error));
        }

        Exception[] inner = depth == MaxDepth ? [] : error is AggregateException several ? [.. several.InnerExceptions] : error.InnerException is { } one ? [one] : [];
        to.WriteCount(inner.Length);
        foreach (var cause in inner)
        {
            Write(to, cause, depth + 1);
        }
    }

    /// <summary>The message of the exception. A type's own code may fail: the error is reported all the same.</summary>
    private static string Told(Exception error, Func<Exception, string?> text)
    {
        try
        {
            return text(error) ?? "";
        }
        catch (Exception wrong)
        {
            return $"({error.GetType()} cannot say it: {wrong.GetType()})";
        }
    }

    private static Exception Read(ByteSource from, SnapshotOptions options, string peer, int depth)
    {
        var (name, assembly) = (from.ReadText(), from.ReadText());
        var (message, ownMessage, stack, stage) = (from.ReadText(), ReadOptional(from), from.ReadText(), ReadOptional(from));
        var code = unchecked((int)from.ReadSigned());
        var fields = new (string Name, string? Value)[from.ReadCount(2)];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = (from.ReadText(), ReadOptional(from));
        }

        var inner = new Exception[depth > MaxDepth ? throw ByteSource.Truncated() : from.ReadCount()];
        for (var i = 0; i < inner.Length; i++)
        {
            inner[i] = Read(from, options, peer, depth + 1);
        }

        var error = Make(FindType(name, assembly, options), name, message, ownMessage, inner, fields);
        error.HResult = code;
        if (stage is not null)
        {
            error.Note(StageKey, stage);
        }

        return stack.Length > 0 && error.StackTrace is null ? ExceptionDispatchInfo.SetRemoteStackTrace(error, $"{stack}\n--- End of the stack in {peer} ---") : error;
    }

    private static Exception Make(Type? type, string name, string message, string? ownMessage, Exception[] inner, (string Name, string? Value)[] fields)
    {
        if (type is null)
        {
            return new RemoteStageException(name, message, inner.FirstOrDefault());
        }

        if (type == typeof(AggregateException))
        {
            return new AggregateException(ownMessage, inner);
        }

        var error = (Exception)RuntimeHelpers.GetUninitializedObject(type);
        MessageOf(error) = ownMessage;
        InnerOf(error) = inner.FirstOrDefault();
        foreach (var field in ErrorFields.Of(type))
        {
            if (Array.Find(fields, stored => stored.Name == field.Name) is { Value: { } value })
            {
                ErrorFields.Set(field, error, value);
            }
        }

        return error;
    }

    private static Type? FindType(string name, string assemblyName, SnapshotOptions options)
    {
        var assembly = options.FindAssembly(assemblyName)
            ?? Array.Find(AppDomain.CurrentDomain.GetAssemblies(), loaded => loaded.GetName().Name == assemblyName && (assemblyName == "System" || assemblyName.StartsWith("System.", StringComparison.Ordinal)));
        return assembly?.GetType(name, throwOnError: false) is { IsAbstract: false, ContainsGenericParameters: false } type && type.IsAssignableTo(typeof(Exception)) ? type : null;
    }

    private static void WriteOptional(ByteSink to, string? text)
    {
        to.WriteBool(text is not null);
        if (text is not null)
        {
            to.WriteText(text);
        }
    }

    private static string? ReadOptional(ByteSource from) => from.ReadBool() ? from.ReadText() : null;

    // What the message was made of: the property of some types adds to it each time.
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_message")]
    private static extern ref string? MessageOf(Exception error);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_innerException")]
    private static extern ref Exception? InnerOf(Exception error);
}
