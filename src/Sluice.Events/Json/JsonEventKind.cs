namespace Sluice;

/// <summary>The kinds of <see cref="JsonEvent"/>.</summary>
public enum JsonEventKind : byte
{
    /// <summary>Nothing: an event that no one made.</summary>
    None,

    /// <summary>An object begins.</summary>
    StartObject,

    /// <summary>An object ends.</summary>
    EndObject,

    /// <summary>An array begins.</summary>
    StartArray,

    /// <summary>An array ends.</summary>
    EndArray,

    /// <summary>The name of a property; its value comes next.</summary>
    Name,

    /// <summary>A string.</summary>
#pragma warning disable CA1720 // not .NET's type: JSON's own word
    String,
#pragma warning restore CA1720

    /// <summary>A number.</summary>
    Number,

    /// <summary><c>true</c>.</summary>
    True,

    /// <summary><c>false</c>.</summary>
    False,

    /// <summary><c>null</c>.</summary>
    Null,
}
