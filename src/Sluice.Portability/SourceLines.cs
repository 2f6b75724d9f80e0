using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Sluice;

/// <summary>Finds the line of an await in the program's symbols, if they are there (Portable PDB specification:
/// "Async Method Stepping Information").</summary>
internal static class SourceLines
{
    private static readonly Guid s_asyncSteps = new("54FD2AC5-E925-401A-9C2A-F94F171072F8");

    /// <summary>File and line of the await with this number; null if nothing tells.</summary>
    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "In a single file the location is empty, and there are no symbols to look at.")]
    internal static string? Find(MethodBase moveNext, int await)
    {
        if (moveNext.Module.Assembly.Location is not { Length: > 0 } location || !File.Exists(location))
        {
            return null;
        }

        using var image = new PEReader(File.OpenRead(location));
        if (!image.TryOpenAssociatedPortablePdb(location, static path => File.Exists(path) ? File.OpenRead(path) : null, out var symbols, out _) || symbols is null)
        {
            return null;
        }

        using (symbols)
        {
            var reader = symbols.GetMetadataReader();
            var method = (MethodDefinitionHandle)MetadataTokens.EntityHandle(moveNext.MetadataToken);
            if (YieldOffset(reader, method, await) is not { } offset)
            {
                return null;
            }

            var point = reader.GetMethodDebugInformation(method).GetSequencePoints().LastOrDefault(point => !point.IsHidden && point.Offset <= offset);
            return point.Document.IsNil ? null : $"{Path.GetFileName(reader.GetString(reader.GetDocument(point.Document).Name).Replace('\\', '/'))}:{point.StartLine}";
        }
    }

    /// <summary>Where in the code the await suspends. The awaits are numbered in the order of the code.</summary>
    private static uint? YieldOffset(MetadataReader reader, MethodDefinitionHandle method, int await)
    {
        foreach (var handle in reader.GetCustomDebugInformation(method))
        {
            var information = reader.GetCustomDebugInformation(handle);
            if (reader.GetGuid(information.Kind) != s_asyncSteps)
            {
                continue;
            }

            var steps = reader.GetBlobReader(information.Value);
            steps.ReadUInt32(); // of a catch handler
            for (var number = 0; steps.RemainingBytes > 0; number++)
            {
                var yield = steps.ReadUInt32();
                steps.ReadUInt32();
                steps.ReadCompressedInteger();
                if (number == await)
                {
                    return yield;
                }
            }
        }

        return null;
    }
}
