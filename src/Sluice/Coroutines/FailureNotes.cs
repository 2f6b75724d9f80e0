namespace Sluice;

/// <summary>Notes in the <see cref="Exception.Data"/> of a failure, such as the stage that it comes from.</summary>
internal static class FailureNotes
{
    /// <summary>Notes something if the exception takes it. Some do not: the runtime raises one and the same object each time that memory is
    /// short, which is read-only, and a type may bring data of its own. The failure counts, the note does not.</summary>
    internal static void Note(this Exception failure, string key, object? value)
    {
        try
        {
            if (failure.Data is { IsReadOnly: false } data)
            {
                data[key] = value;
            }
        }
        catch (Exception)
        {
            // The type's own code: what is handled here is the failure, which must not be lost for another one.
        }
    }

    /// <summary>The note; null if there is none.</summary>
    internal static object? NoteOf(this Exception failure, string key)
    {
        try
        {
            return failure.Data?[key];
        }
        catch (Exception)
        {
            return null; // as above
        }
    }
}
