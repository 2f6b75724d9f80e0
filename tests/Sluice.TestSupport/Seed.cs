using System.Globalization;

namespace Sluice.Tests;

/// <summary>The seeds of random tests. They are fixed, so a run is as the one before; <c>SLUICE_SEED=fresh</c> draws others, and
/// <c>SLUICE_SEED=</c> a number draws those of that number again. What fails names the number.</summary>
internal static partial class Seed
{
    private const string Variable = "SLUICE_SEED";

    /// <summary>Null: the usual seeds.</summary>
    private static readonly int? s_chosen = Choose(Environment.GetEnvironmentVariable(Variable));

    /// <summary>True when this code runs within <see cref="Run(int, Action{Random})"/>, which names the seed of a failure.</summary>
    private static readonly AsyncLocal<bool> s_isNamed = new();

    /// <summary>The seed to take where a test would take this one.</summary>
    internal static int Of(int usual) => Of(usual, s_chosen);

    /// <summary>More random numbers for a test that runs by <see cref="Run(int, Action{Random})"/>: elsewhere a failure would not name its seed.</summary>
    internal static Random Random(int usual) =>
        s_isNamed.Value ? new(Of(usual)) : throw new InvalidOperationException($"Take random numbers within {nameof(Seed)}.{nameof(Run)}: a failure of this test would not say with which seed.");

    /// <summary>For a seed that <c>Check</c> has drawn.</summary>
    internal static Random Drawn(int seed) => new(seed);

    /// <summary>Bytes without a pattern, the same each time: what they are does not matter to the test.</summary>
    internal static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Runs a random test.</summary>
    internal static void Run(int usual, Action<Random> test)
    {
        var before = s_isNamed.Value;
        s_isNamed.Value = true;
        try
        {
            test(Random(usual));
        }
        catch (Exception error)
        {
            throw Named(error, usual);
        }
        finally
        {
            s_isNamed.Value = before;
        }
    }

    /// <inheritdoc cref="Run(int, Action{Random})"/>
    internal static async Task Run(int usual, Func<Random, Task> test)
    {
        s_isNamed.Value = true; // within this method: the caller does not see it
        try
        {
            await test(Random(usual));
        }
        catch (Exception error)
        {
            throw Named(error, usual);
        }
    }

    /// <summary>Runs a random test with the seeds from 0 on.</summary>
    internal static void Each(int count, Action<Random> test)
    {
        for (var seed = 0; seed < count; seed++)
        {
            Run(seed, test);
        }
    }

    /// <inheritdoc cref="Each(int, Action{Random})"/>
    internal static async Task Each(int count, Func<Random, Task> test)
    {
        for (var seed = 0; seed < count; seed++)
        {
            await Run(seed, test);
        }
    }

    /// <summary>The seed that the variable gives.</summary>
    internal static int? Choose(string? text) => text switch
    {
        null or "" => null,
        "fresh" => System.Random.Shared.Next(1, int.MaxValue),
        _ when int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number > 0 => number,
        _ => throw new FormatException($"{Variable} is 'fresh' or a number from 1 on, not '{text}'."),
    };

    /// <summary>Without a choice the usual one; else another one, the same for the same choice.</summary>
    internal static int Of(int usual, int? chosen) => chosen is null ? usual : new Random(unchecked((chosen.Value * 486_187_739) ^ usual)).Next();

    /// <summary>The failure with how to have it again, and the one that it was inside.</summary>
    internal static Exception Named(Exception error, int usual) => new SeededException(
        $"{Variable}={s_chosen?.ToString(CultureInfo.InvariantCulture) ?? "(not set)"}, seed {usual}: {error.Message}", error);
}

/// <summary>A random test has failed: the message says with which seed.</summary>
internal sealed class SeededException(string message, Exception error) : Xunit.Sdk.XunitException(message, error);
