using System.Diagnostics.CodeAnalysis;

namespace Sluice.Bytes;

/// <summary>Names the codec of a type, by which snapshots and items store its values: see <see cref="PortableCodec{T}"/>.</summary>
/// <remarks>Classes that derive from the type do not inherit it. Thread safety: immutable.</remarks>
/// <param name="codec">The codec: a class that derives from <see cref="PortableCodec{T}"/> of the type.</param>
[AttributeUsage(AttributeTargets.Struct | AttributeTargets.Class, Inherited = false)]
public sealed class PortableCodecAttribute(
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor | DynamicallyAccessedMemberTypes.NonPublicConstructors)] Type codec) : Attribute
{
    /// <summary>The codec's type.</summary>
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor | DynamicallyAccessedMemberTypes.NonPublicConstructors)]
    public Type Codec => codec;
}
