using System.Reflection;

namespace Sluice;

/// <summary>Numbers the versions of a coroutine's method, or of a class or record whose objects coroutines keep, so that snapshots of its older
/// versions can be resumed.</summary>
/// <remarks>A snapshot of other code is refused, unless the method or class has a higher version than the snapshot's and an
/// <see cref="Upgrade"/> method. Raise the version with each change that was released. Structs are part of what has them, and have
/// no versions of their own. Thread safety: immutable.</remarks>
/// <param name="version">The version, from 1; methods and classes without the attribute have version 1.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, Inherited = false)]
public sealed class StageVersionAttribute(int version) : Attribute
{
    /// <summary>The version of the method or class.</summary>
    public int Version { get; } = version;

    /// <summary>The name of a static method of the same type (of a class: its own) that takes <see cref="CapturedFields"/> and the <see cref="int"/>
    /// version that they are of, and makes them those of this version. Default none: older snapshots are refused.</summary>
    public string? Upgrade { get; init; }

    /// <summary>The upgrade method; null if none is named.</summary>
    /// <exception cref="SnapshotException">Thrown: it does not exist.</exception>
    internal static MethodInfo? UpgradeOf(MethodInfo method)
    {
        var type = method.DeclaringType!;
        while (CodeUse.IsOfCompiler(type) && type.DeclaringType is { } outer)
        {
            type = outer;
        }

        return Find(method, type, CoroutineNames.Readable(method.Name));
    }

    /// <inheritdoc cref="UpgradeOf(MethodInfo)"/>
    internal static MethodInfo? UpgradeOf(Type type) => Find(type, type, type.Name);

    internal static int Of(MemberInfo member) => member.GetCustomAttribute<StageVersionAttribute>(inherit: false)?.Version ?? 1;

    private static MethodInfo? Find(MemberInfo member, Type type, string name) => member.GetCustomAttribute<StageVersionAttribute>(inherit: false)?.Upgrade is not { } upgrade ? null
        : type.GetMethod(upgrade, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic, [typeof(CapturedFields), typeof(int)])
            ?? throw new SnapshotException($"'{type}' has no static method '{upgrade}' that takes {nameof(CapturedFields)} and an int, as the {nameof(StageVersionAttribute)} of '{name}' says.");
}
