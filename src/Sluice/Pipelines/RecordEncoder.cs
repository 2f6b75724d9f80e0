using System.Buffers;

namespace Sluice;

/// <summary>Writes the bytes of an item. It is a type of the library, since a part that goes to another process has it.</summary>
internal delegate void RecordEncoder<in T>(T item, IBufferWriter<byte> to);
