using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sluice;

public static partial class Stage
{
    /// <summary>Turns each item into JSON on one line: JSON Lines, without the line endings.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="typeInfo">How to write an item, from a source-generated context. What writing throws fails the run.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="typeInfo"/> is null.</exception>
    /// <exception cref="ArgumentException">Thrown: its options write over several lines.</exception>
    public static Stage<T, string> ToJsonLines<T>(JsonTypeInfo<T> typeInfo)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        RequireOneLine(typeInfo.Options, nameof(typeInfo));
        return ToJsonLines<T>(item => JsonSerializer.Serialize(item, typeInfo));
    }

    /// <summary>Turns each item into JSON on one line, by reflection: JSON Lines, without the line endings.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="options">How to write an item; default the serializer's own. What writing throws fails the run.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentException">Thrown: <paramref name="options"/> write over several lines.</exception>
    [RequiresUnreferencedCode(JsonByReflection)]
    [RequiresDynamicCode(JsonByReflection)]
    public static Stage<T, string> ToJsonLines<T>(JsonSerializerOptions? options = null)
    {
        RequireOneLine(options, nameof(options));
        return ToJsonLines<T>(item => JsonSerializer.Serialize(item, options));
    }

    private const string JsonByReflection = "Reads the members of types by reflection. Use the overload with JsonTypeInfo for trimming and Native AOT.";

    private static Stage<T, string> ToJsonLines<T>(Func<T, string> serialize) =>
        FromOperator<T, string>(next => new SelectOperator<T, string>(next, serialize), "ToJsonLines", typeof(T).Name).KeepingNothing();

    private static void RequireOneLine(JsonSerializerOptions? options, string parameter)
    {
        if (options is { WriteIndented: true })
        {
            throw new ArgumentException($"{nameof(JsonSerializerOptions.WriteIndented)} is set: an item would not be one line.", parameter);
        }
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.ToJsonLines{T}(JsonTypeInfo{T})"/>
    /// <param name="source">The source.</param>
    /// <param name="typeInfo">How to write an item, from a source-generated context. What writing throws fails the run.</param>
    /// <returns>The longer source.</returns>
    public static Source<string> ToJsonLines<T>(this Source<T> source, JsonTypeInfo<T> typeInfo)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.ToJsonLines(typeInfo));
    }

    /// <inheritdoc cref="Stage.ToJsonLines{T}(JsonSerializerOptions)"/>
    /// <param name="source">The source.</param>
    /// <param name="options">How to write an item; default the serializer's own. What writing throws fails the run.</param>
    /// <returns>The longer source.</returns>
    [RequiresUnreferencedCode("Reads the members of types by reflection. Use the overload with JsonTypeInfo for trimming and Native AOT.")]
    [RequiresDynamicCode("Reads the members of types by reflection. Use the overload with JsonTypeInfo for trimming and Native AOT.")]
    public static Source<string> ToJsonLines<T>(this Source<T> source, JsonSerializerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.ToJsonLines<T>(options));
    }
}
