using System.Globalization;
using System.Text.RegularExpressions;

namespace Sluice;

/// <summary>Says how what a snapshot has differs from what this program has.</summary>
internal static partial class SchemaDifference
{
    /// <summary>A description in words: which kind of objects, and their fields by name.</summary>
    internal sealed record Description(string Name, string Parameters, string Fingerprint, IReadOnlyList<(string Name, string Type)> Fields);

    internal static SnapshotException Describe(SchemaBytes stored, TypeCodec? here)
    {
        var then = Read(stored);
        if (here is null)
        {
            return new SnapshotException($"The snapshot was made by other code: {then.Name} does not exist here.");
        }

        var now = Read(here.Schema);
        if (BuildMark.IsIn(then.Fields) is var wasDebug && wasDebug != BuildMark.IsIn(now.Fields))
        {
            return new SnapshotException($"The snapshot was made by other code: {then.Name} is of a {(wasDebug ? "Debug" : "Release")} build there and of a {(wasDebug ? "Release" : "Debug")} build here, and the compiler makes different code for them. Resume it with a build like the one that made it.{Changed(then.Fields, now.Fields)}");
        }

        if (then.Parameters != now.Parameters)
        {
            return new SnapshotException($"The snapshot was made by other code: {then.Name} has the parameters {then.Parameters} there and {now.Parameters} here. Give the method a [StageVersion] whose upgrade sets the new ones, or keep the old method beside it as long as there are such snapshots.");
        }

        var differences = Between(then.Fields, now.Fields);
        return new SnapshotException($"The snapshot was made by other code: {then.Name} has changed since. {(differences.Count > 0 ? $"Its variables differ: {string.Join("; ", differences)}." : "It has the same variables, but its code is different.")} See [StageVersion] for how a stage takes over the variables of its older versions.");
    }

    /// <summary>The fields that differ, as parts of a sentence.</summary>
    internal static List<string> Between(IReadOnlyList<(string Name, string Type)> then, IReadOnlyList<(string Name, string Type)> now)
    {
        var differences = new List<string>();
        foreach (var (name, type) in then.Where(field => !now.Contains(field)))
        {
            var other = now.FirstOrDefault(field => field.Name == name).Type;
            differences.Add(other is null ? $"'{name}' ({type}) is gone" : $"'{name}' was {type} and is {other}");
        }

        differences.AddRange(now.Where(field => then.All(old => old.Name != field.Name)).Select(field => $"'{field.Name}' ({field.Type}) is new"));
        return differences;
    }

    /// <summary>The variables that have another type in any build, as a sentence behind another one. Which variables the compiler keeps depends on the build.</summary>
    private static string Changed(IReadOnlyList<(string Name, string Type)> then, IReadOnlyList<(string Name, string Type)> now)
    {
        var changed = Between([.. then.Where(field => now.Any(other => other.Name == field.Name))], [.. now.Where(field => then.Any(other => other.Name == field.Name))]);
        return changed.Count > 0 ? $" Its variables differ too: {string.Join("; ", changed)}." : "";
    }

    /// <summary>The offset of the fields: behind the identity and the fingerprint.</summary>
    internal static int FieldsAt(byte[] schema)
    {
        var from = new ByteSource(schema, 0, schema.Length);
        NameOf(from, out _);
        from.ReadBytes(Schemas.FingerprintBytes);
        return from.Position;
    }

    private static Description Read(SchemaBytes schema)
    {
        var bytes = schema.Bytes.ToArray();
        var from = new ByteSource(bytes, 0, bytes.Length);
        var name = NameOf(from, out var parameters);
        var fingerprint = Convert.ToHexString(from.ReadBytes(Schemas.FingerprintBytes));
        var fields = new List<(string, string)>();
        ReadFields(from, fields, "", 0);
        return new(name, parameters, fingerprint, fields);
    }

    private static string NameOf(ByteSource from, out string parameters)
    {
        parameters = "";
        return (SchemaKind)from.ReadByte() switch
        {
            SchemaKind.Coroutine => $"the coroutine '{Method(from, hasVersion: true, out parameters)}'",
            SchemaKind.Delegate => $"the delegate '{TypeNames.ReadText(from)}' of '{Method(from, hasVersion: false, out parameters)}'",
            SchemaKind.Type => $"the type '{TypeNames.ReadText(from)}'",
            SchemaKind.VersionedType => $"the type '{TypeNames.ReadText(from)}' in its version {from.ReadVarint().ToString(CultureInfo.InvariantCulture)}",
            _ => "an object outside",
        };
    }

    private static string Method(ByteSource from, bool hasVersion, out string parameters)
    {
        var declaring = TypeNames.ReadText(from);
        var method = from.ReadText();
        for (var left = from.ReadCount(); left > 0; left--)
        {
            TypeNames.ReadText(from);
        }

        if (hasVersion)
        {
            from.ReadVarint();
        }

        var end = method.IndexOf('(', StringComparison.Ordinal);
        parameters = end < 0 ? "" : NameOfAssembly().Replace(method[end..], "");
        return $"{CoroutineNames.Readable((end < 0 ? method : method[..end]).Split(' ')[^1])}' of '{declaring}";
    }

    /// <summary>The text before each type, without the brackets of arrays.</summary>
    [GeneratedRegex(@"\[[^\],]+\]")]
    private static partial Regex NameOfAssembly();

    /// <summary>Adds the fields, and theirs behind each, under their path.</summary>
    internal static void ReadFields(ByteSource from, List<(string, string)> fields, string outer, int depth)
    {
        if (depth > TypeNames.MaxDepth)
        {
            throw ByteSource.Truncated();
        }

        for (var left = from.ReadCount(); left > 0; left--)
        {
            var name = outer + VariableNames.Of(from.ReadText());
            fields.Add((name, TypeNames.ReadText(from)));
            ReadFields(from, fields, name + ".", depth + 1);
        }
    }
}
