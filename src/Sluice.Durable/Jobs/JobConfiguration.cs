using System.Diagnostics.CodeAnalysis;

namespace Sluice;

/// <summary>What a job gets from its program: it must be the same whenever the program starts (rule 18).</summary>
internal static class JobConfiguration
{
    private const string ComesFromProgram = "What lambdas capture comes from the program: a run that goes on would begin with what is there at its start";

    /// <summary>Looks at the lambdas of a pipeline.</summary>
    /// <exception cref="NotPortableException">Thrown: one of them changes what it has captured, or may do so.</exception>
    [RequiresUnreferencedCode(PipelineJobs.Unreferenced)]
    internal static KeptConfiguration Check(string job, PipelineGraph graph, JobOptions options)
    {
        var compared = new List<CaptureFinding>();
        foreach (var found in CaptureCheck.Of(graph))
        {
            if (found.Fault != CaptureFault.BelongsToRun && options.AllowChanges.Contains(found.Node))
            {
                continue;
            }

            if (found.Fault != CaptureFault.MayChange || !options.Allow.Contains(found.Node))
            {
                throw Refuse(job, found);
            }

            compared.Add(found);
        }

        return new(options.Accept, compared, options.Snapshots()) { DowntimeCounts = options.DowntimeCounts };
    }

    private static NotPortableException Refuse(string job, CaptureFinding found)
    {
        var what = found.Item is null ? $"'{found.Path}'" : $"'{found.Path}', a {found.Item.GetType()},";
        var reason = found.Fault switch
        {
            CaptureFault.Changes => $"it changes {what} which it has captured{(found.Call is null ? "" : $" ({found.Call})")}. {ComesFromProgram}. Keep it in a local variable of a coroutine (Stage.Create), which is stored, "
                + $"or use Scan or Distinct. If it is no part of what the pipeline does, such as a cache or a count for a log, name '{found.Node}' in JobOptions.AllowChanges",
            CaptureFault.MayChange => $"it has captured {what} and gives it to '{found.Call}', which may change it. {ComesFromProgram}. Capture a value that cannot change, such as a FrozenDictionary, an ImmutableArray or a record, "
                + $"or name '{found.Node}' in JobOptions.Allow: then it is compared at each checkpoint",
            CaptureFault.BelongsToRun => $"it has captured {what} which belongs to one run, so another one has none like it. Make it in the stage's coroutine",
            _ => throw new ArgumentOutOfRangeException(nameof(found)),
        };
        return new($"Job '{job}' cannot be durable because of '{found.Node}' ({found.Method}): {reason}.", found.Method, found.Path, found.Item?.GetType(), reason);
    }
}
