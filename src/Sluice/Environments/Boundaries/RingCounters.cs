using System.Runtime.InteropServices;

namespace Sluice;

/// <summary>The positions of both sides of a ring: what each of them writes is on cache lines of its own.</summary>
[StructLayout(LayoutKind.Explicit, Size = 3 * CacheLine)]
internal struct RingCounters
{
    /// <summary>Two of 64 bytes: processors fetch them in pairs.</summary>
    private const int CacheLine = 128;

    /// <summary>Items that were written. The writer's.</summary>
    [FieldOffset(CacheLine)]
    internal long Head;

    /// <summary>The tail when the writer looked last. The writer's.</summary>
    [FieldOffset(CacheLine + sizeof(long))]
    internal long TailSeen;

    /// <summary>Items that were handled. The reader's.</summary>
    [FieldOffset(2 * CacheLine)]
    internal long Tail;
}
