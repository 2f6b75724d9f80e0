using System.Reflection;

namespace Sluice.Tests;

/// <summary>The public methods that are operators, by reflection, so that none is forgotten.</summary>
internal static class OperatorMethods
{
    /// <summary>Methods that make any stage, and are no operators.</summary>
    private static readonly string[] s_makers = [nameof(Stage.Create), nameof(Stage.FanOut), nameof(Stage.FromOperator)];

    /// <summary>The extensions of a source that give a longer one or end it with several sinks, each overload once.</summary>
    internal static IReadOnlyList<MethodInfo> OfSources { get; } = [.. PublicMethods(typeof(SourceOperators))
        .Where(method => method.ReturnType == typeof(Pipeline) || IsSource(method.ReturnType))];

    internal static IReadOnlyList<MethodInfo> OfStages { get; } = [.. PublicMethods(typeof(Stage)).Where(method => !s_makers.Contains(method.Name))];

    internal static bool IsSource(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Source<>);

    private static MethodInfo[] PublicMethods(Type type) => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly);
}
