namespace Sluice.Bytes;

/// <summary>The base of <see cref="PortableCodec{T}"/>.</summary>
/// <remarks>Thread safety: as that of the derived class.</remarks>
public abstract class PortableCodec
{
    private protected PortableCodec()
    {
    }

    /// <summary>The type of the values.</summary>
    public abstract Type ValueType { get; }

    /// <summary>The number of bytes that a value takes at least; 1 or more. Default 1. A reader allocates for as many values as the bytes that
    /// it has can hold.</summary>
    public virtual int MinBytes => 1;

    /// <summary>The version of the format; 1 or more. Default 1. Give it another number with each change of what <c>Write</c> writes: values
    /// of another version are refused with an error that says so.</summary>
    public virtual int Version => 1;
}

/// <summary>Describes how the values of a type are written to bytes, in snapshots and as items that leave the process, where storing their fields
/// one by one would be wrong or wasteful. <see cref="PortableCodecAttribute"/> gives a type its codec.</summary>
/// <remarks>
/// <para>A value is written by itself: what two values share is written twice. A null is never given to the codec.</para>
/// <para>A codec needs a constructor without parameters, which may be private; one object serves the process. Thread safety: its
/// methods are called by several threads at a time.</para>
/// </remarks>
/// <typeparam name="T">The type of the values: a struct or a class.</typeparam>
public abstract class PortableCodec<T> : PortableCodec
{
    /// <inheritdoc/>
    public sealed override Type ValueType => typeof(T);

    /// <summary>Writes a value.</summary>
    /// <remarks>What it throws fails the capture or the send, and nothing of the value is left in the bytes.</remarks>
    /// <param name="to">Where its bytes go: at least <see cref="PortableCodec.MinBytes"/>.</param>
    /// <param name="value">The value.</param>
    public abstract void Write(ByteSink to, T value);

    /// <summary>Reads a value.</summary>
    /// <remarks>The bytes may come from elsewhere: check them before you allocate by them, and throw
    /// <see cref="InvalidDataException"/> if they are wrong. What it throws becomes the inner exception of an error that says what could not be
    /// read.</remarks>
    /// <param name="from">Where its bytes are: those that <see cref="Write"/> wrote, and then others.</param>
    /// <returns>The value.</returns>
    public abstract T Read(ByteSource from);
}
