using System.Reflection;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>Finds out from the declared type of a variable what a capture will say: that what it holds cannot be stored, that it can, or that this depends on what it
/// holds. It looks into the fields of the application's types and at the elements of .NET's collections, as a capture does.</summary>
/// <param name="refused">Called with the way, the type and the reason of what cannot be stored.</param>
/// <param name="open">Called with the way, the type and the reason where only a capture can tell.</param>
internal sealed class DeclaredTypes(Action<string, Type, string> refused, Action<string, Type, string> open)
{
    private const string Depends = "whether it can be stored depends on what it holds";

    private readonly HashSet<Type> _seen = [];
    private readonly Queue<(string Way, Type Declared, Type Part)> _left = new();

    /// <param name="variable">Its name.</param>
    /// <param name="type">Its type.</param>
    internal void Look(string variable, Type type)
    {
        _left.Enqueue((variable, type, type));
        while (_left.TryDequeue(out var next))
        {
            LookAt(next.Way, next.Declared, next.Part);
        }
    }

    private void LookAt(string way, Type declared, Type part)
    {
        if (part.IsArray || Nullable.GetUnderlyingType(part) is not null)
        {
            _left.Enqueue((way, declared, part.GetElementType() ?? Nullable.GetUnderlyingType(part)!));
        }
        else if (part == typeof(CancellationToken))
        {
            open(way, declared, "a cancellation token other than none cannot be stored. Take it from the inbox (Inbox.Cancellation) each time");
        }
        else if (OwnCodecs.Has(part) || LibraryAssemblies.Contains(part.Assembly) || (part.IsValueType && part.IsDefined(typeof(CompilerGeneratedAttribute), false)))
        {
            // Ours, or what the compiler keeps for itself.
        }
        else if (IsOpen(part))
        {
            open(way, declared, Depends);
        }
        else if (ReasonOf(part) is { } reason)
        {
            refused(way, declared, reason);
        }
        else if (PortableTypes.IsOfFramework(part))
        {
            foreach (var argument in part.GetGenericArguments())
            {
                _left.Enqueue((way, declared, argument));
            }
        }
        else if (_seen.Add(part))
        {
            for (var at = part; at is not null && at != typeof(object) && at != typeof(ValueType); at = at.BaseType)
            {
                foreach (var field in at.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly))
                {
                    _left.Enqueue(($"{way}.{VariableNames.Of(field.Name)}", field.FieldType, field.FieldType));
                }
            }
        }
    }

    private static string? ReasonOf(Type type) => PortableTypes.Refusal(type) ?? FrozenCodecs.Find(type)?.Refusal
        ?? (InlineCodecs.IsMemory(type) && !InlineCodecs.IsRaw(type.GetGenericArguments()[0]) ? "only memory of numbers can be stored. Keep an array" : null);

    private static bool IsOpen(Type type) =>
        type.IsInterface || type.IsGenericParameter || typeof(Delegate).IsAssignableFrom(type) || PortableTypes.IsBaseOfListed(type) || (type.IsAbstract && !PortableTypes.IsOfFramework(type));
}
