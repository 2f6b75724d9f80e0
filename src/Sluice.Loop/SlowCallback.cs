namespace Sluice;

/// <summary>A callback that held the loop for too long: nothing else could run in that time.</summary>
/// <param name="Method">The method that ran, as <c>Type.Method</c>: an asynchronous method between two awaits, or the callback.</param>
/// <param name="Duration">For how long, by the loop's clock.</param>
public readonly record struct SlowCallback(string Method, TimeSpan Duration);
