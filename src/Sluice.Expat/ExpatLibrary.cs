using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sluice;

/// <summary>The system's libexpat: the functions that <see cref="ExpatParser"/> calls. Thread safety: a parser belongs to one
/// thread at a time.</summary>
internal static unsafe partial class ExpatLibrary
{
    internal const int StatusError = 0;
    internal const int StatusOk = 1;
    internal const int ErrorUnknownEncoding = 18;

    private const string Library = "expat";

    private static readonly string[] s_names = ["libexpat.so.1", "libexpat.1.dylib", "libexpat.dll"];
    private static readonly Lazy<nint> s_library = new(() => Load(s_names), LazyThreadSafetyMode.PublicationOnly);

    private static readonly Lazy<nint> s_setDeferral = new(
        static () => NativeLibrary.TryGetExport(s_library.Value, "XML_SetReparseDeferralEnabled", out var function) ? function : 0, LazyThreadSafetyMode.PublicationOnly);

    static ExpatLibrary() => NativeLibrary.SetDllImportResolver(typeof(ExpatLibrary).Assembly, Resolve);

    /// <summary>Makes a parser, which is in no run yet.</summary>
    /// <exception cref="DllNotFoundException">The library is not installed.</exception>
    internal static ExpatHandle Create()
    {
        _ = s_library.Value; // loaded here, so that what is thrown is this error and not what the runtime makes of it
        var parser = CreateParser(null);
        return parser.IsInvalid ? throw new InsufficientMemoryException("Expat has no memory for a parser.") : parser;
    }

    /// <summary>Whether an error says that the document is not over: no element, a tag, a character or a CDATA section without an end.</summary>
    internal static bool IsAboutEnd(int error) => error is 3 or 5 or 6 or 20;

    /// <summary>Has the parser look at the beginning of a tag or comment as soon as it has new bytes, or only when it is much longer (its protection
    /// against large tokens, from version 2.6 on; older versions always look).</summary>
    internal static void LookAtOnce(ExpatHandle parser, bool isOn)
    {
        if (s_setDeferral.Value is not 0 and var set)
        {
            _ = ((delegate* unmanaged[Cdecl]<nint, byte, byte>)set)(parser.DangerousGetHandle(), isOn ? (byte)0 : (byte)1);
            GC.KeepAlive(parser);
        }
    }

    /// <summary>Loads the first library that is there.</summary>
    /// <exception cref="DllNotFoundException">None is.</exception>
    internal static nint Load(IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, typeof(ExpatLibrary).Assembly, null, out var library))
            {
                return library;
            }
        }

        throw new DllNotFoundException(
            $"The library libexpat is not installed ({string.Join(", ", names)}). Install the package libexpat1 (Debian, Ubuntu: apt-get install libexpat1), "
            + "expat (Fedora: dnf install expat; macOS: brew install expat), libexpat (Alpine: apk add libexpat), or put libexpat.dll beside the program "
            + $"(Windows: vcpkg install expat). {nameof(XmlEvents)} needs no library.");
    }

    [LibraryImport(Library, EntryPoint = "XML_SetUserData")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void SetUserData(ExpatHandle parser, nint data);

    [LibraryImport(Library, EntryPoint = "XML_SetElementHandler")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void OnElement(ExpatHandle parser, delegate* unmanaged[Cdecl]<nint, byte*, byte**, void> start, delegate* unmanaged[Cdecl]<nint, byte*, void> end);

    [LibraryImport(Library, EntryPoint = "XML_SetCharacterDataHandler")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void OnText(ExpatHandle parser, delegate* unmanaged[Cdecl]<nint, byte*, int, void> text);

    [LibraryImport(Library, EntryPoint = "XML_SetCdataSectionHandler")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void OnCdata(ExpatHandle parser, delegate* unmanaged[Cdecl]<nint, void> start, delegate* unmanaged[Cdecl]<nint, void> end);

    [LibraryImport(Library, EntryPoint = "XML_SetCommentHandler")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void OnComment(ExpatHandle parser, delegate* unmanaged[Cdecl]<nint, byte*, void> comment);

    [LibraryImport(Library, EntryPoint = "XML_SetProcessingInstructionHandler")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void OnInstruction(ExpatHandle parser, delegate* unmanaged[Cdecl]<nint, byte*, byte*, void> instruction);

    [LibraryImport(Library, EntryPoint = "XML_SetXmlDeclHandler")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void OnDeclaration(ExpatHandle parser, delegate* unmanaged[Cdecl]<nint, byte*, byte*, int, void> declaration);

    [LibraryImport(Library, EntryPoint = "XML_SetStartDoctypeDeclHandler")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void OnDocumentType(ExpatHandle parser, delegate* unmanaged[Cdecl]<nint, byte*, byte*, byte*, int, void> documentType);

    [LibraryImport(Library, EntryPoint = "XML_SetUnknownEncodingHandler")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void OnUnknownEncoding(ExpatHandle parser, delegate* unmanaged[Cdecl]<nint, byte*, EncodingMap*, int> encoding, nint data);

    [LibraryImport(Library, EntryPoint = "XML_Parse")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int Parse(ExpatHandle parser, byte* bytes, int count, int isLast);

    [LibraryImport(Library, EntryPoint = "XML_StopParser")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int Stop(ExpatHandle parser, byte canResume);

    [LibraryImport(Library, EntryPoint = "XML_GetErrorCode")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int ErrorOf(ExpatHandle parser);

    [LibraryImport(Library, EntryPoint = "XML_ErrorString")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial byte* TextOf(int error);

    [LibraryImport(Library, EntryPoint = "XML_GetCurrentLineNumber")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial CULong LineOf(ExpatHandle parser);

    [LibraryImport(Library, EntryPoint = "XML_GetCurrentColumnNumber")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial CULong ColumnOf(ExpatHandle parser);

    [LibraryImport(Library, EntryPoint = "XML_GetCurrentByteIndex")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial CLong IndexOf(ExpatHandle parser);

    [LibraryImport(Library, EntryPoint = "XML_ParserCreate")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial ExpatHandle CreateParser(byte* encoding);

    [LibraryImport(Library, EntryPoint = "XML_ParserFree")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial void Free(nint parser);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name == Library ? s_library.Value : 0;

    /// <summary>Expat's <c>XML_Encoding</c>: the character of each byte; the rest is for encodings with several bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct EncodingMap
    {
        internal fixed int Characters[256];
        internal nint Data;
        internal nint Convert;
        internal nint Release;
    }

    /// <summary>A parser of the library; freed also if nobody disposes it.</summary>
    internal sealed class ExpatHandle : SafeHandleZeroOrMinusOneIsInvalid
    {
        public ExpatHandle()
            : base(ownsHandle: true)
        {
        }

        protected override bool ReleaseHandle()
        {
            Free(handle);
            return true;
        }
    }
}
