using System.CommandLine;
using System.Globalization;

namespace Sluice.Worker;

/// <summary>The options that limit what clients can take. Their defaults are those of <see cref="WorkerListenerOptions"/>.</summary>
internal sealed class LimitOptions
{
    /// <summary>In seconds: a day.</summary>
    private const double MaxTime = 86_400;

    private static readonly WorkerListenerOptions s_defaults = new();

    private readonly Option<int> _maxParts = AtLeast("--max-parts", "N", 1, s_defaults.MaxConnections, "How many parts may run at the same time.");
    private readonly Option<int> _maxUnauthenticated = AtLeast("--max-unauthenticated", "N", 1, s_defaults.MaxUnauthenticated, "How many clients may be under way to prove who they are. One more takes the place of another one, which may try again.");
    private readonly Option<int> _maxUnauthenticatedPerAddress = AtLeast("--max-unauthenticated-per-address", "N", 1, s_defaults.MaxUnauthenticatedPerAddress, "How many of these may come from one address.");
    private readonly Option<int> _maxFrame = AtLeast("--max-frame", "BYTES", WorkerListenerOptions.MinMaxFrameSize, s_defaults.MaxFrameSize, "How long a frame may be, and so an item.");
    private readonly Option<double> _handshakeTimeout = Seconds("--handshake-timeout", s_defaults.HandshakeTimeout, mayBeZero: false, "How long a client has to prove who it is.");
    private readonly Option<double> _silenceTimeout = Seconds("--silence-timeout", s_defaults.SilenceTimeout, mayBeZero: false, "How long a client may be silent before it counts as lost.");
    private readonly Option<double> _reconnectWindow = Seconds("--reconnect-window", s_defaults.ReconnectWindow, mayBeZero: true, "How long a part whose connection broke waits for its client; 0: not at all.");

    internal void AddTo(Command command)
    {
        foreach (var option in (ReadOnlySpan<Option>)[_maxParts, _maxUnauthenticated, _maxUnauthenticatedPerAddress, _maxFrame, _handshakeTimeout, _silenceTimeout, _reconnectWindow])
        {
            command.Options.Add(option);
        }
    }

    internal WorkerListenerOptions Read(ParseResult found, TcpSecurity security, Log log) => new()
    {
        Security = security,
        Log = log.Info,
        MaxConnections = found.GetValue(_maxParts),
        MaxUnauthenticated = found.GetValue(_maxUnauthenticated),
        MaxUnauthenticatedPerAddress = found.GetValue(_maxUnauthenticatedPerAddress),
        MaxFrameSize = found.GetValue(_maxFrame),
        HandshakeTimeout = TimeSpan.FromSeconds(found.GetValue(_handshakeTimeout)),
        SilenceTimeout = TimeSpan.FromSeconds(found.GetValue(_silenceTimeout)),
        ReconnectWindow = TimeSpan.FromSeconds(found.GetValue(_reconnectWindow)),
    };

    private static Option<int> AtLeast(string name, string unit, int least, int normal, string description)
    {
        var option = new Option<int>(name)
        {
            HelpName = unit,
            Description = description,
            DefaultValueFactory = _ => normal,
            CustomParser = result =>
            {
                if (!int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value < least)
                {
                    result.AddError($"{name} '{result.Tokens[0].Value}' is not a whole number from {least} on.");
                }

                return value;
            },
        };
        return option;
    }

    private static Option<double> Seconds(string name, TimeSpan normal, bool mayBeZero, string description) => new(name)
    {
        HelpName = "SECONDS",
        Description = description,
        DefaultValueFactory = _ => normal.TotalSeconds,
        CustomParser = result =>
        {
            if (!double.TryParse(result.Tokens[0].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
                || value > MaxTime || (mayBeZero ? value < 0 : TimeSpan.FromSeconds(value) <= TimeSpan.Zero))
            {
                result.AddError($"{name} '{result.Tokens[0].Value}' is not a number of seconds {(mayBeZero ? "from 0" : "above 0")} to {MaxTime:F0}.");
            }

            return value;
        },
    };
}
