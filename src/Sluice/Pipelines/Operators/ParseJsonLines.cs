using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sluice;

public static partial class Stage
{
    /// <summary>Reads each line as JSON: JSON Lines. Lines of nothing but white space are left out.</summary>
    /// <remarks>A line that is not JSON for the type, or is <c>null</c> where the type is no <see cref="Nullable{T}"/>, fails the run with an
    /// <see cref="InvalidDataException"/> that has the line's number, from 1 and with the empty lines counted, also of lines that an error policy has
    /// left out; its inner exception is the serializer's <see cref="JsonException"/>, or what a converter, a constructor or a setter has thrown. A
    /// type that cannot be read is a <see cref="NotSupportedException"/>. The items before were sent on.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="typeInfo">How to read an item, from a source-generated context.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="typeInfo"/> is null.</exception>
    public static Stage<string, T> ParseJsonLines<T>(JsonTypeInfo<T> typeInfo)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        return ParseJsonLines(line => JsonSerializer.Deserialize(line, typeInfo));
    }

    /// <summary>Reads each line as JSON, by reflection: JSON Lines. Lines of nothing but white space are left out.</summary>
    /// <remarks>A line that is not JSON for the type, or is <c>null</c> where the type is no <see cref="Nullable{T}"/>, fails the run with an
    /// <see cref="InvalidDataException"/> that has the line's number, from 1 and with the empty lines counted, also of lines that an error policy has
    /// left out; its inner exception is the serializer's <see cref="JsonException"/>, or what a converter, a constructor or a setter has thrown. A
    /// type that cannot be read is a <see cref="NotSupportedException"/>. The items before were sent on.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="options">How to read an item; default the serializer's own.</param>
    /// <returns>The stage.</returns>
    [RequiresUnreferencedCode(JsonByReflection)]
    [RequiresDynamicCode(JsonByReflection)]
    public static Stage<string, T> ParseJsonLines<T>(JsonSerializerOptions? options = null) =>
        ParseJsonLines(line => JsonSerializer.Deserialize<T>(line, options));

    private static Stage<string, T> ParseJsonLines<T>(Func<string, T?> parse) =>
        FromOperator<string, T>(next => new ParseJsonLinesOperator<T>(next, parse), "ParseJsonLines", typeof(T).Name);

    private sealed class ParseJsonLinesOperator<T>(Target<T> next, Func<string, T?> parse) : Operator<string, T>(next), ICountsItems
    {
        private static readonly bool s_mayBeNull = Nullable.GetUnderlyingType(typeof(T)) is not null;

        private long _lineNumber;

        long ICountsItems.Count
        {
            set => _lineNumber = value;
        }

        public override ValueTask SendAsync(string item)
        {
            if (IsClosed)
            {
                return RefuseAsync();
            }

            T result;
            try
            {
                _lineNumber++;
                if (string.IsNullOrWhiteSpace(item))
                {
                    return default;
                }

                var parsed = parse(item);
                if (parsed is null && !s_mayBeNull)
                {
                    return FailAsync(new InvalidDataException($"Line {_lineNumber} is null instead of JSON for {typeof(T)}."));
                }

                result = parsed!;
            }
            catch (Exception error)
            {
                return FailAsync(JsonLineErrors.Of(error, item, _lineNumber, typeof(T)));
            }

            return Next.SendAsync(result);
        }
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.ParseJsonLines{T}(JsonTypeInfo{T})"/>
    /// <param name="source">The source.</param>
    /// <param name="typeInfo">How to read an item, from a source-generated context.</param>
    /// <returns>The longer source.</returns>
    public static Source<T> ParseJsonLines<T>(this Source<string> source, JsonTypeInfo<T> typeInfo)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.ParseJsonLines(typeInfo));
    }

    /// <inheritdoc cref="Stage.ParseJsonLines{T}(JsonSerializerOptions)"/>
    /// <param name="source">The source.</param>
    /// <param name="options">How to read an item; default the serializer's own.</param>
    /// <returns>The longer source.</returns>
    [RequiresUnreferencedCode("Reads the members of types by reflection. Use the overload with JsonTypeInfo for trimming and Native AOT.")]
    [RequiresDynamicCode("Reads the members of types by reflection. Use the overload with JsonTypeInfo for trimming and Native AOT.")]
    public static Source<T> ParseJsonLines<T>(this Source<string> source, JsonSerializerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.ParseJsonLines<T>(options));
    }
}
