namespace Sluice;

/// <summary>Something to do within a strand, in the context of the code that started the run.</summary>
internal sealed class StrandStep(ExecutionContext? context, Action action) : StrandWork
{
    internal override void Run()
    {
        if (context is not null)
        {
            ExecutionContext.Restore(context);
        }

        action();
    }
}
