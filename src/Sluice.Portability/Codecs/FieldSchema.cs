namespace Sluice;

/// <summary>One field as a snapshot describes it: of a value that is stored in place, with its own fields.</summary>
internal sealed record FieldSchema(string Name, Type Type, IReadOnlyList<FieldSchema> Parts);
