using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>Finds out whether anything but the loop refers to its tasks. If nothing does, nothing can ever resume them.</summary>
/// <remarks>
/// A waiting task is referred to by what it waits for, and that by the code that could end the wait. So the loop lets go of its tasks,
/// and the garbage collector says whether they are garbage: then each is referred to by the others at the most. They come back
/// by a finalizer, since the loop must inform them; other finalizers of what only they refer to may have run by then.
/// Every waiter refers to its scope, and so to the root of the scopes, where the <see cref="Tether"/> hangs.
/// </remarks>
internal static class DeadlockProof
{
    /// <param name="root">The only reference of the loop to its tasks. Gone while this looks, and back when it returns.</param>
    internal static bool NobodyElseRefersTo(ref CancelScope root)
    {
        var lost = new Finding();
        var tether = LetGo(ref root, lost);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return TakeBack(ref root, tether, lost);
    }

    // These are not inlined, so that no reference stays behind on the stack of the method above.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference<Tether> LetGo(ref CancelScope root, Finding lost)
    {
        var tether = new Tether(root, lost);
        root.Tether = tether;
        root = null!;
        return new(tether);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TakeBack(ref CancelScope root, WeakReference<Tether> tether, Finding lost)
    {
        var isLost = !tether.TryGetTarget(out var held);
        root = isLost ? lost.Root! : held!.Root;
        root.Tether = null; // one that is not lost reports to no one, later
        return isLost;
    }

    /// <summary>Dies with what it hangs on, and reports it.</summary>
    internal sealed class Tether(CancelScope root, Finding lost)
    {
        internal CancelScope Root => root;

        ~Tether() => lost.Root = root;
    }

    /// <summary>Takes the root from the finalizer's thread; read after that thread has ended.</summary>
    internal sealed class Finding
    {
        internal CancelScope? Root { get; set; }
    }
}
