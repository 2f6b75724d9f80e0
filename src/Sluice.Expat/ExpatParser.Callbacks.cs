using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice;

/// <content>What Expat calls. No exception passes its frames: one stops the parser, and is thrown when that has
/// returned. Expat may call once more after it was stopped, which is then ignored.</content>
internal sealed unsafe partial class ExpatParser
{
    private void SetCallbacks()
    {
        ExpatLibrary.OnElement(_expat, &OnStart, &OnEnd);
        ExpatLibrary.OnText(_expat, &OnText);
        ExpatLibrary.OnCdata(_expat, &OnCdataStart, &OnCdataEnd);
        ExpatLibrary.OnComment(_expat, &OnComment);
        ExpatLibrary.OnInstruction(_expat, &OnInstruction);
        ExpatLibrary.OnDeclaration(_expat, &OnDeclaration);
        ExpatLibrary.OnDocumentType(_expat, &OnDocumentType);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnStart(nint user, byte* name, byte** attributes)
    {
        if (TryGet(user, out var parser))
        {
            try
            {
                parser.Start(name, attributes);
            }
            catch (Exception error)
            {
                parser.Fail(error);
            }
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnEnd(nint user, byte* name)
    {
        if (TryGet(user, out var parser))
        {
            try
            {
                parser.End();
            }
            catch (Exception error)
            {
                parser.Fail(error);
            }
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnText(nint user, byte* text, int length)
    {
        if (TryGet(user, out var parser))
        {
            try
            {
                parser.Text(new(text, length));
            }
            catch (Exception error)
            {
                parser.Fail(error);
            }
        }
    }

    // The rest allocates nothing and throws nothing, or has an error to report.

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnCdataStart(nint user)
    {
        if (TryGet(user, out var parser))
        {
            parser.BeginCdata();
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnCdataEnd(nint user) => EndPieceOf(user);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnComment(nint user, byte* text) => EndPieceOf(user);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnInstruction(nint user, byte* target, byte* text) => EndPieceOf(user);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnDeclaration(nint user, byte* version, byte* encoding, int standalone)
    {
        // Of an external entity it would be null; there are none.
        if (TryGet(user, out var parser) && !Utf8(version).SequenceEqual("1.0"u8))
        {
            parser.Fail(parser.Error($"XML of version '{TextOf(version)}' is not known; 1.0 is."));
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnDocumentType(nint user, byte* name, byte* systemId, byte* publicId, int hasSubset)
    {
        if (TryGet(user, out var parser))
        {
            parser.Fail(parser.Error(XmlLimits.HasDocumentType));
        }
    }

    private static void EndPieceOf(nint user)
    {
        if (TryGet(user, out var parser))
        {
            parser.EndPiece();
        }
    }

    private static bool TryGet(nint user, out ExpatParser parser)
    {
        parser = GCHandle<ExpatParser>.FromIntPtr(user).Target;
        return parser._failure is null;
    }
}
