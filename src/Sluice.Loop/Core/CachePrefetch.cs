using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Sluice;

/// <summary>Has the processor fetch what is touched soon. With a thousand connections the objects of one have left the nearest caches when
/// its turn comes, and waiting for them was most of the time that an echo server spends in managed code; the system call before it is
/// long enough to fetch them in that time.</summary>
internal static class CachePrefetch
{
    /// <summary>The first three lines of an object. Only a hint: it does not matter where the object is by then, nor whether the processor
    /// has such a thing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe void Fetch(object? thing)
    {
        const int Line = 64;
        if (Sse.IsSupported && thing is not null) // the address zero is never found, and is looked up each time
        {
            var start = (byte*)Unsafe.As<object?, nint>(ref thing);
            Sse.Prefetch0(start);
            Sse.Prefetch0(start + Line);
            Sse.Prefetch0(start + (2 * Line));
        }
    }
}
