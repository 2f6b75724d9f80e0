using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>Looks at what the application's lambdas in a pipeline do with what they captured: that comes from the program, so a run that goes on has none of what was done to it (rule 18).</summary>
internal static class CaptureCheck
{
    private const BindingFlags Fields = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    /// <summary>All faults, in the order of the nodes.</summary>
    [RequiresUnreferencedCode("It reads the code of the stages.")]
    internal static IReadOnlyList<CaptureFinding> Of(PipelineGraph graph) => [.. graph.Nodes.SelectMany(static node => DelegatesOf(node.Spec).SelectMany(code => CapturedUse.Of(node.Name, code)).Where(found => IsFault(node.Spec, found))).Distinct()];

    /// <summary>The state of a source is its position; and what Tap and ForEach do with what they captured is no state of the run.</summary>
    private static bool IsFault(NodeSpec node, CaptureFinding found) => found.Fault == CaptureFault.BelongsToRun || node is not (ISourceSpec or { ActsOutside: true });

    /// <summary>The application's delegates in a blueprint, wherever the library keeps them.</summary>
    private static IEnumerable<Delegate> DelegatesOf(object blueprint)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var left = new Queue<object>([blueprint]);
        while (left.TryDequeue(out var next))
        {
            if (!seen.Add(next))
            {
                continue;
            }

            if (next is Delegate code && !LibraryAssemblies.Contains(code.Method.DeclaringType!.Assembly))
            {
                yield return code;
                continue;
            }

            foreach (var part in PartsOf(next).OfType<object>())
            {
                left.Enqueue(part);
            }
        }
    }

    private static IEnumerable<object?> PartsOf(object item) => item switch
    {
        Env => [],
        Delegate { HasSingleTarget: false } several => several.GetInvocationList(),
        Delegate one => [one.Target],
        Array array => array.Rank == 1 && MayHoldCode(array.GetType().GetElementType()!) ? array.Cast<object?>() : [],
        ITuple tuple => Enumerable.Range(0, tuple.Length).Select(i => tuple[i]),
        _ => LibraryAssemblies.Contains(item.GetType().Assembly) ? FieldsOf(item) : [],
    };

    private static bool MayHoldCode(Type element) =>
        element == typeof(object) || element.IsArray || typeof(Delegate).IsAssignableFrom(element) || typeof(ITuple).IsAssignableFrom(element) || LibraryAssemblies.Contains(element.Assembly);

    private static IEnumerable<object?> FieldsOf(object item)
    {
        for (var at = item.GetType(); at is not null && at != typeof(object); at = at.BaseType)
        {
            foreach (var field in at.GetFields(Fields))
            {
                if (!field.FieldType.IsPointer && !field.FieldType.IsPrimitive && !field.FieldType.IsEnum && field.FieldType != typeof(string) && field.GetValue(item) is { } value)
                {
                    yield return value;
                }
            }
        }
    }
}
