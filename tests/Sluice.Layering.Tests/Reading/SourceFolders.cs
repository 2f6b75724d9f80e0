using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Sluice.Layering.Tests;

/// <summary>Finds the folder that a type or a method is written in, by the symbols. Folders are named from <c>src</c> (or <c>tests</c>)
/// on: <c>Sluice/Coroutines/Control</c>.</summary>
/// <remarks>A partial type has parts in several folders, so each member has a folder of its own. The type itself is in the folder
/// of the file that is named like it; without one, in the uppermost folder.</remarks>
internal sealed class SourceFolders(AssemblyFile file)
{
    private static readonly Guid s_typeDefinitionDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");
    private readonly Dictionary<MethodDefinitionHandle, MethodDefinitionHandle> _bodies = BodiesOf(file);

    /// <summary>The folder of a method; that of its type if it has no code of its own.</summary>
    internal string? Of(MethodDefinitionHandle method) => DocumentOf(method) is { } document ? FolderOf(document) : Of(file.Code.GetMethodDefinition(method).GetDeclaringType());

    /// <summary>The folder of a field: where its initializer is, or else that of its type.</summary>
    internal string? Of(FieldDefinitionHandle field)
    {
        var type = file.Code.GetFieldDefinition(field).GetDeclaringType();
        var initializer = FoldersOf(type).Skip(1).Any() ? file.Code.GetTypeDefinition(type).GetMethods().Select(method => InitializerOf(field, method)).FirstOrDefault(static path => path is not null) : null;
        return initializer is null ? Of(type) : FolderOf(initializer);
    }

    /// <summary>The folder of a type; null if no source file has it, because the compiler or a generator made it. So it is
    /// for a type without code within a type that is in several folders: the symbols do not say in which part it stands.</summary>
    internal string? Of(TypeDefinitionHandle handle)
    {
        string[] folders = [.. FoldersOf(handle)];
        if (folders.Length == 1)
        {
            return folders[0];
        }

        var type = file.Code.GetTypeDefinition(handle);
        var name = TypeNames.Simple(file.Code.GetString(type.Name));
        if (type.IsNested && (folders.Length == 0 || TypeNames.IsGenerated(name)))
        {
            return FoldersOf(type.GetDeclaringType()).Skip(1).Any() ? null : Of(type.GetDeclaringType());
        }

        return DocumentsOf(handle).Where(document => Path.GetFileNameWithoutExtension(document) == name).Select(FolderOf).FirstOrDefault()
            ?? folders.OrderBy(static folder => folder.Count(static c => c == '/')).ThenBy(static folder => folder, StringComparer.Ordinal).FirstOrDefault()
            ?? FolderByName(name);
    }

    private IEnumerable<string> FoldersOf(TypeDefinitionHandle type) => DocumentsOf(type).Select(FolderOf).Distinct();

    private IEnumerable<string> DocumentsOf(TypeDefinitionHandle type) => file.Code.GetTypeDefinition(type).GetMethods().Select(DocumentOf).OfType<string>().Concat(BareDocumentsOf(type)).Distinct();

    /// <summary>The folder of the one source file that has the type's name: symbols have only the generated part of a type whose
    /// methods are all imported from native libraries.</summary>
    private string? FolderByName(string name)
    {
        var folder = Path.Combine(Repository.Root, "src", file.Name);
        return Directory.Exists(folder) && Directory.GetFiles(folder, $"{name}.cs", SearchOption.AllDirectories) is [var only]
            ? Path.GetRelativePath(Path.Combine(Repository.Root, "src"), Path.GetDirectoryName(only)!).Replace('\\', '/')
            : null;
    }

    /// <summary>The file of a method; that of its state machine if the compiler moved the code there.</summary>
    private string? DocumentOf(MethodDefinitionHandle method) => file.Symbols.GetMethodDebugInformation(_bodies.GetValueOrDefault(method, method)).GetSequencePoints()
        .Where(static point => !point.Document.IsNil)
        .Select(point => PathOf(point.Document))
        .FirstOrDefault(static path => path is not null);

    /// <summary>The file in which a constructor gives a field its first value; null if it does not.</summary>
    private string? InitializerOf(FieldDefinitionHandle field, MethodDefinitionHandle method)
    {
        var definition = file.Code.GetMethodDefinition(method);
        if (!definition.Attributes.HasFlag(MethodAttributes.RTSpecialName) || file.BodyOf(definition) is not { } body)
        {
            return null;
        }

        var offset = Instructions.Tokens(body.GetILReader()).Where(found => found.Token == field).Select(static found => (int?)found.Offset).FirstOrDefault();
        return offset is null ? null : file.Symbols.GetMethodDebugInformation(method).GetSequencePoints()
            .Where(point => point.Offset <= offset && !point.Document.IsNil).Select(point => PathOf(point.Document)).LastOrDefault();
    }

    /// <summary>The files of a type that have none of its code: an interface, an enumeration, fields.</summary>
    private IEnumerable<string> BareDocumentsOf(TypeDefinitionHandle type)
    {
        foreach (var handle in file.Symbols.GetCustomDebugInformation(type))
        {
            var information = file.Symbols.GetCustomDebugInformation(handle);
            if (file.Symbols.GetGuid(information.Kind) == s_typeDefinitionDocuments)
            {
                var documents = file.Symbols.GetBlobReader(information.Value);
                while (documents.RemainingBytes > 0)
                {
                    if (PathOf(MetadataTokens.DocumentHandle(documents.ReadCompressedInteger())) is { } path)
                    {
                        yield return path;
                    }
                }
            }
        }
    }

    /// <summary>A file's path from <c>src</c> or <c>tests</c> on; null if a generator made it.</summary>
    private string? PathOf(DocumentHandle handle)
    {
        var path = file.Symbols.GetString(file.Symbols.GetDocument(handle).Name).Replace('\\', '/');
        var start = Math.Max(path.LastIndexOf("/src/", StringComparison.Ordinal) + "/src/".Length, path.LastIndexOf("/tests/", StringComparison.Ordinal) + "/tests/".Length);
        return start < "/tests/".Length || path.Contains("/obj/", StringComparison.Ordinal) ? null : path[start..];
    }

    /// <summary>Finds the code of async methods and iterators: the method that the compiler left behind, and the one with the code.</summary>
    private static Dictionary<MethodDefinitionHandle, MethodDefinitionHandle> BodiesOf(AssemblyFile file) => file.Symbols.MethodDebugInformation
        .Select(handle => (Method: file.Symbols.GetMethodDebugInformation(handle).GetStateMachineKickoffMethod(), Body: handle.ToDefinitionHandle()))
        .Where(static pair => !pair.Method.IsNil)
        .ToDictionary(static pair => pair.Method, static pair => pair.Body);

    private static string FolderOf(string path) => Path.GetDirectoryName(path)!.Replace('\\', '/');
}
