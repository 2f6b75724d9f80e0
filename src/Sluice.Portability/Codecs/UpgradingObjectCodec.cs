using System.Reflection;

namespace Sluice;

/// <summary>Reads what an older version of a class stored, and has its upgrade method translate it.</summary>
/// <remarks>Before the collections that have such objects are rebuilt, since their hashes may depend on it.</remarks>
internal sealed class UpgradingObjectCodec<T>(MethodInfo upgrade, int version, IReadOnlyList<FieldSchema> stored) : TypeCodec(typeof(T))
    where T : class
{
    internal override bool DependsOnElements => true;

    internal override void ReadBody(SnapshotReader reader, object item)
    {
        var fields = new CapturedFields(typeof(T).Name);
        foreach (var field in stored)
        {
            var value = FormerEnumCodec.Of(field).ReadBoxed(reader);
            fields[CapturedFields.NameOf(field.Name, name => fields.TryGet(name, out _))] = value;
        }

        reader.Rebuild(() => Fill(item, fields));
    }

    private void Fill(object item, CapturedFields fields)
    {
        var run = new Upgrade(upgrade, $"the type '{typeof(T)}'", version);
        run.Run(fields);
        foreach (var field in Fields<T>.All)
        {
            field.SetValue(item, run.Take(fields, field));
        }

        run.CheckAllTaken(fields);
    }
}
