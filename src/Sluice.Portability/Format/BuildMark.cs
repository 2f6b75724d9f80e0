using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;

namespace Sluice;

/// <summary>Says in the description of code that it is of a Debug build, which is other code than a Release build of the same source. Only for the error: it is
/// no part of the fingerprint, and a description without it is taken too.</summary>
internal static class BuildMark
{
    private const string Name = "build = Debug"; // as a member of an enumeration, which may be there or not

    private static readonly ConcurrentDictionary<Assembly, bool> s_isDebug = new();
    private static readonly FieldSchema[] s_debug = [new(Name, typeof(int), [])];

    internal static IReadOnlyList<FieldSchema> Of(MethodBase code) =>
        s_isDebug.GetOrAdd(code.Module.Assembly, static assembly => assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true }) ? s_debug : [];

    internal static bool IsIn(IReadOnlyList<(string Name, string Type)> fields) => fields.Any(static field => field.Name == Name);
}
