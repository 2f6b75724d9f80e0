namespace Sluice.Tests;

/// <summary>A folder of its own for the files of one test; gone with it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("sluice-tests-").FullName;

    public void Dispose() => Directory.Delete(_path, recursive: true);

    internal string PathOf(string name) => Path.Combine(_path, name);

    internal string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    internal string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(PathOf(name), bytes);
        return PathOf(name);
    }
}
