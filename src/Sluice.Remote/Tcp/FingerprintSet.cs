using System.Collections;

namespace Sluice;

/// <summary>Fingerprints in one spelling, from any spelling that they were added in.</summary>
internal sealed class FingerprintSet : ICollection<string>
{
    private readonly HashSet<string> _all = new(StringComparer.Ordinal);

    public int Count => _all.Count;

    public bool IsReadOnly => false;

    public void Add(string item) => _all.Add(Fingerprint.Parse(item, nameof(item)));

    public void Clear() => _all.Clear();

    public bool Contains(string item) => Fingerprint.TryParse(item) is { } digits && _all.Contains(digits);

    public void CopyTo(string[] array, int arrayIndex) => _all.CopyTo(array, arrayIndex);

    public bool Remove(string item) => Fingerprint.TryParse(item) is { } digits && _all.Remove(digits);

    public IEnumerator<string> GetEnumerator() => _all.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
