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

    // The rest throws nothing: it has no error, or reports it.

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
    private static void OnInstruction(nint user, byte* target, byte* text)
    {
        if (!TryGet(user, out var parser))
        {
            return;
        }

        if (Utf8(target).Contains((byte)':'))
        {
            parser.Fail(parser.Error(XmlLimits.TargetHasColon(TextOf(target))));
        }

        parser.EndsPiece();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnUnknownEncoding(nint user, byte* name, ExpatLibrary.EncodingMap* map)
    {
        if (!TryGet(user, out var parser))
        {
            return ExpatLibrary.StatusError;
        }

        try
        {
            parser._encoding = TextOf(name);
            if (ExpatEncodings.Find(parser._encoding) is not { IsSingleByte: true } encoding)
            {
                return ExpatLibrary.StatusError;
            }

            ExpatEncodings.Map(encoding, new(map->Characters, 256));
            (map->Data, map->Convert, map->Release) = (0, 0, 0);
            return ExpatLibrary.StatusOk;
        }
        catch (Exception error)
        {
            parser._failure ??= error;
            return ExpatLibrary.StatusError;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnDeclaration(nint user, byte* version, byte* encoding, int standalone)
    {
        // Of an external entity it would be null; there are none.
        if (TryGet(user, out var parser) && !Utf8(version).SequenceEqual("1.0"u8))
        {
            parser.Fail(parser.Error(XmlLimits.UnknownVersion(TextOf(version))));
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnDocumentType(nint user, byte* name, byte* systemId, byte* publicId, int hasSubset)
    {
        if (TryGet(user, out var parser))
        {
            parser.Fail(parser.Error(XmlLimits.HasDoctype));
        }
    }

    private static void EndPieceOf(nint user)
    {
        if (TryGet(user, out var parser))
        {
            parser.EndsPiece();
        }
    }

    private static bool TryGet(nint user, out ExpatParser parser)
    {
        parser = GCHandle<ExpatParser>.FromIntPtr(user).Target;
        return parser._failure is null;
    }
}
