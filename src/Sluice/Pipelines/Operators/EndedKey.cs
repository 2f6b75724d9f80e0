namespace Sluice;

/// <summary>The treatment of a key's further items when its coroutine has ended by itself: see
/// <see cref="KeyedOptions.WhenEnded"/>.</summary>
public enum EndedKey
{
    /// <summary>They are dropped: a key has one coroutine. The key is remembered, so its memory is not free, but the
    /// coroutine's is.</summary>
    DropItems,

    /// <summary>The next of them starts another coroutine. The key is forgotten until then, and takes no memory.</summary>
    StartAgain,
}
