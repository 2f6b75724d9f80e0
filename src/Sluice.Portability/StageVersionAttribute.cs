using System.Reflection;

namespace Sluice;

/// <summary>Numbers the versions of a coroutine's method, so that snapshots of its older versions can be resumed.</summary>
/// <remarks>A snapshot of other code is refused, unless the method has a higher version than the snapshot's and an
/// <see cref="Upgrade"/> method. Raise the version with each change of the method that was released. Thread safety: immutable.</remarks>
/// <param name="version">The version, from 1; methods without the attribute have version 1.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class StageVersionAttribute(int version) : Attribute
{
    /// <summary>The version of the method.</summary>
    public int Version { get; } = version;

    /// <summary>The name of a static method of the same type that takes <see cref="CapturedFields"/> and the <see cref="int"/>
    /// version that they are of, and makes them those of this version. Default none: older snapshots are refused.</summary>
    public string? Upgrade { get; init; }

    /// <summary>The upgrade method; null if none is named.</summary>
    /// <exception cref="SnapshotException">Thrown: it does not exist.</exception>
    internal static MethodInfo? UpgradeOf(MethodInfo method)
    {
        if (method.GetCustomAttribute<StageVersionAttribute>()?.Upgrade is not { } name)
        {
            return null;
        }

        var type = method.DeclaringType!;
        while (CodeUse.IsOfCompiler(type) && type.DeclaringType is { } outer)
        {
            type = outer;
        }

        return type.GetMethod(name, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic, [typeof(CapturedFields), typeof(int)])
            ?? throw new SnapshotException($"'{type}' has no static method '{name}' that takes {nameof(CapturedFields)} and an int, as the {nameof(StageVersionAttribute)} of '{CoroutineNames.Readable(method.Name)}' says.");
    }

    internal static int Of(MethodInfo method) => method.GetCustomAttribute<StageVersionAttribute>()?.Version ?? 1;
}
