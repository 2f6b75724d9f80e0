using Microsoft.FSharp.Core;

namespace Sluice.Tests;

/// <content>Properties, by FsCheck.</content>
internal static partial class Seed
{
    /// <summary>Checks a property in so many cases; what fails is made smaller and shown.</summary>
    internal static void Check(int cases, FsCheck.Property property)
    {
        var replay = FSharpOption<FsCheck.Replay>.Some(new(new FsCheck.Rnd((ulong)Of(1)), FSharpOption<int>.None));
        try
        {
            FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(cases).WithReplay(replay), property);
        }
        catch (Exception error)
        {
            throw Named(error, 1);
        }
    }
}
