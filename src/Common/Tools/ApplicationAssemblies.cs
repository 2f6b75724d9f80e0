using System.Reflection;

namespace Sluice.Tools;

/// <summary>The assemblies of a deployed application.</summary>
internal static class ApplicationAssemblies
{
    /// <summary>Loads those that are made from the application's projects; nothing of them runs.</summary>
    /// <param name="program">The path of its program, <c>App.dll</c>, with all that was built or published beside it.</param>
    /// <param name="purpose">The end of a sentence for messages: "cannot be hosted".</param>
    /// <returns>The assemblies, the program's first.</returns>
    /// <exception cref="ToolException">They cannot be loaded, or are of another version of Sluice.</exception>
    internal static IReadOnlyList<Assembly> Load(string program, string purpose)
    {
        try
        {
            program = Path.GetFullPath(program);
            if (!File.Exists(program))
            {
                throw new ToolException($"There is no application '{program}'.");
            }

            var context = new ApplicationContext(program);
            CheckVersion(program, context.SluiceVersion, purpose);
            return [.. SnapshotOptions.AssembliesOf(program, context.LoadFromAssemblyName).Prepend(context.LoadFromAssemblyPath(program)).Distinct()];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or BadImageFormatException or InvalidDataException or InvalidOperationException)
        {
            throw new ToolException($"'{program}' {purpose}: {error.Message}", error);
        }
    }

    private static void CheckVersion(string program, Version? version, string purpose)
    {
        if (version is null)
        {
            throw new ToolException($"'{program}' {purpose}: it does not use Sluice, or its .deps.json is not beside it.");
        }

        if (version != ApplicationContext.OwnVersion)
        {
            throw new ToolException($"'{program}' {purpose}: it was built with Sluice {version.ToString(3)}, and this tool is of Sluice {ApplicationContext.OwnVersion.ToString(3)}.");
        }
    }
}
