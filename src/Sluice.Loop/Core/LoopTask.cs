namespace Sluice;

/// <summary>One task of the loop: the main one, or a child of a group. Its scopes hang below <see cref="Scope"/>.</summary>
/// <param name="name">What it is called, or the text of the code that it was started with.</param>
internal sealed class LoopTask(string name)
{
    /// <summary>Without what every lambda begins with, on one line and not too long. Made when a dump or an error asks: most tasks are
    /// never named.</summary>
    internal string Name
    {
        get
        {
            const int Longest = 60;
            var start = name.IndexOf("=>", StringComparison.Ordinal);
            var words = string.Join(' ', (start < 0 ? name : name[(start + 2)..]).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            return words.Length <= Longest ? words : $"{words[..Longest]}...";
        }
    }

    internal CancelScope Scope { get; set; } = null!;

    /// <summary>The task that its method returned. It holds the failure, which someone has to observe.</summary>
    internal Task? Body { get; set; }
}
