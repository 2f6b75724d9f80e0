namespace Sluice;

/// <summary>What starts the coroutines of keys: it can call the method of one again, so that its arguments are compared with those of a coroutine of stored state (rule 18).</summary>
internal interface IKeyCoroutines
{
    /// <summary>Calls the method for the first key that has a coroutine, twice; neither is started. Null if no key has one.</summary>
    /// <param name="locals">What the coroutine of the node keeps: the table of the keys is among it.</param>
    CalledOfKey? CallAgain(IEnumerable<object?> locals);
}

/// <summary>A key's coroutine, and two that were called in the same way and have not started.</summary>
/// <param name="Key">The key.</param>
/// <param name="Port">The inbox of its coroutine.</param>
/// <param name="Called">One that was called now.</param>
/// <param name="Twin">The other.</param>
internal readonly record struct CalledOfKey(object Key, INodePort Port, Coroutine Called, Coroutine Twin);
