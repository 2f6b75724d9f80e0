namespace Sluice;

/// <summary>The state of a node that no coroutine keeps, as values that can be stored. Within the strand.</summary>
internal interface INodeValues
{
    /// <summary>The values of a node that is at rest.</summary>
    object?[] Values { get; }

    /// <summary>Goes on with stored values, before the node does anything.</summary>
    /// <returns>False if they are those of something else.</returns>
    bool TrySet(object?[] values);
}
