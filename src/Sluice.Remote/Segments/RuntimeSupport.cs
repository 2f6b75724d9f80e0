using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>Checks what a part needs of the program to run elsewhere.</summary>
internal static class RuntimeSupport
{
    /// <exception cref="PlatformNotSupportedException">Thrown: the program is compiled ahead of time.</exception>
    internal static void Require(string member)
    {
        if (!RuntimeFeature.IsDynamicCodeSupported)
        {
            throw new PlatformNotSupportedException($"{member} needs a program that is not compiled ahead of time: set PublishAot to false in its project, which is '#:property PublishAot=false' in a program of one file.");
        }
    }
}
