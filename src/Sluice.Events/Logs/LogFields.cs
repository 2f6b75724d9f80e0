using System.Net;
using System.Text;

namespace Sluice;

/// <summary>The fields of a line in Common Log Format, <c>host identity user [time] "request" status size</c>, or in Combined
/// Log Format, which has <c>"referrer" "agent"</c> behind that, and perhaps more. Either may have the server's name in front, as
/// <c>vhost_combined</c> has.</summary>
internal ref struct LogFields
{
    private const string Months = "JanFebMarAprMayJunJulAugSepOctNovDec";

    /// <summary>Empty if the log has none.</summary>
    internal ReadOnlySpan<byte> VirtualHost { get; private set; }

    internal ReadOnlySpan<byte> Host { get; private set; }

    internal ReadOnlySpan<byte> User { get; private set; }

    internal DateTimeOffset Time { get; private set; }

    internal ReadOnlySpan<byte> Request { get; private set; }

    internal int Status { get; private set; }

    /// <summary>Null if the log has none.</summary>
    internal long? Size { get; private set; }

    internal ReadOnlySpan<byte> Referrer { get; private set; }

    internal ReadOnlySpan<byte> Agent { get; private set; }

    /// <summary>The text behind the agent.</summary>
    internal ReadOnlySpan<byte> Rest { get; private set; }

    /// <summary>Takes a line apart.</summary>
    /// <returns>What is missing, in words; null if the line is well-formed. The fields count only then.</returns>
    internal static string? Read(ReadOnlySpan<byte> line, out LogFields fields)
    {
        fields = default;
        if (TakeUntil(" "u8, ref line) is not { Length: > 0 } host)
        {
            return "a host";
        }

        var identity = TakeUntil(" "u8, ref line);
        if (identity.IsEmpty || TakeUntil(" ["u8, ref line) is not { Length: > 0 } user)
        {
            return "an identity and a user before a time in brackets";
        }

        ReadOnlySpan<byte> virtualHost = default;
        if (HasVirtualHost(host, identity, user))
        {
            virtualHost = host;
            host = identity;
            user = user[(user.IndexOf((byte)' ') + 1)..];
            if (user.IsEmpty)
            {
                return "a user before a time in brackets";
            }
        }

        if (!TryReadTime(TakeUntil("] "u8, ref line), out var time))
        {
            return "a time such as [22/Nov/2026:08:01:12 +0000]";
        }

        if (!TryTakeQuoted(ref line, out var request))
        {
            return "a request in quotes";
        }

        if (!TryReadNumber(TakeWord(ref line), out var status) || status > 999)
        {
            return "a status";
        }

        var sizeText = TakeWord(ref line);
        var size = 0L;
        if (!sizeText.SequenceEqual("-"u8) && !TryReadNumber(sizeText, out size))
        {
            return "a size, or - for none";
        }

        ReadOnlySpan<byte> referrer = default, agent = default;
        if (!line.IsEmpty && !(TryTakeQuoted(ref line, out referrer) && TryTakeQuoted(ref line, out agent)))
        {
            return "a referrer and an agent in quotes, or nothing, behind the size";
        }

        fields = new LogFields
        {
            VirtualHost = virtualHost,
            Host = host,
            User = user,
            Time = time,
            Request = request,
            Status = (int)status,
            Size = sizeText.SequenceEqual("-"u8) ? null : size,
            Referrer = referrer,
            Agent = agent,
            Rest = line,
        };
        return null;
    }

    /// <summary>Returns whether the words before the time are one more than host, identity and user: the name of the server comes first. A
    /// user's name may have spaces too, so the number of words alone does not say it.</summary>
    private static bool HasVirtualHost(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> rest) =>
        rest.Contains((byte)' ') && !second.SequenceEqual("-"u8) && (HasPort(first) || rest.StartsWith("- "u8) || IsAddress(second));

    /// <summary>Returns whether this is an address, which no one has for an identity. A number is one for .NET.</summary>
    private static bool IsAddress(ReadOnlySpan<byte> text) => text.ContainsAny((byte)'.', (byte)':') && IPAddress.TryParse(text, out _);

    /// <summary>Returns whether this is a name, or an address, with a port; an IPv6 address without one has colons too.</summary>
    private static bool HasPort(ReadOnlySpan<byte> host)
    {
        var colon = host.LastIndexOf((byte)':');
        return colon > 0 && TryReadNumber(host[(colon + 1)..], out _)
            && (!host[..colon].Contains((byte)':') || (host[0] == '[' && host[colon - 1] == ']'));
    }

    /// <summary>Takes what is before a separator, and the separator; nothing if there is none.</summary>
    private static ReadOnlySpan<byte> TakeUntil(ReadOnlySpan<byte> separator, scoped ref ReadOnlySpan<byte> line)
    {
        var end = line.IndexOf(separator);
        var taken = line[..Math.Max(end, 0)];
        line = line[(end < 0 ? 0 : end + separator.Length)..];
        return taken;
    }

    /// <summary>The same up to a space or the end.</summary>
    private static ReadOnlySpan<byte> TakeWord(scoped ref ReadOnlySpan<byte> line)
    {
        var end = line.IndexOf((byte)' ');
        var word = end < 0 ? line : line[..end];
        line = end < 0 ? default : line[(end + 1)..];
        return word;
    }

    /// <summary>Takes a text in quotes and the space behind it; a backslash stands before a quote that is part of the text.</summary>
    private static bool TryTakeQuoted(scoped ref ReadOnlySpan<byte> line, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (line is not [(byte)'"', ..])
        {
            return false;
        }

        var at = 1;
        int found;
        while ((found = line[at..].IndexOfAny((byte)'"', (byte)'\\')) >= 0)
        {
            at += found;
            if (line[at] == (byte)'"')
            {
                text = line[1..at];
                var behind = line[(at + 1)..];
                line = behind is [(byte)' ', ..] ? behind[1..] : behind;
                return behind is [] or [(byte)' ', ..];
            }

            at = Math.Min(at + 2, line.Length);
        }

        return false;
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> digits, out long number)
    {
        number = 0;
        foreach (var digit in digits)
        {
            number = (number * 10) + digit - '0';
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }
        }

        return digits.Length is > 0 and <= 18;
    }

    private static bool TryReadTime(ReadOnlySpan<byte> text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length != "22/Nov/2026:08:01:12 +0000".Length
            || text[2] != '/' || text[6] != '/' || text[11] != ':' || text[14] != ':' || text[17] != ':' || text[20] != ' ' || text[21] is not ((byte)'+' or (byte)'-')
            || !TryReadNumber(text[..2], out var day) || !TryReadNumber(text[7..11], out var year)
            || !TryReadNumber(text[12..14], out var hour) || !TryReadNumber(text[15..17], out var minute) || !TryReadNumber(text[18..20], out var second)
            || !TryReadNumber(text[22..24], out var zoneHours) || !TryReadNumber(text[24..], out var zoneMinutes)
            || !Ascii.IsValid(text[3..6]))
        {
            return false;
        }

        Span<char> name = [(char)text[3], (char)text[4], (char)text[5]];
        var month = Months.AsSpan().IndexOf(name) is >= 0 and var at && at % 3 == 0 ? (at / 3) + 1 : 0;
        if (month == 0 || year == 0 || day == 0 || day > DateTime.DaysInMonth((int)year, month) || hour > 23 || minute > 59 || second > 60 || zoneHours > 14 || zoneMinutes > 59)
        {
            return false;
        }

        // A leap second has no value of its own: it is the one after it, as elsewhere.
        var local = new DateTime((int)year, month, (int)day, (int)hour, (int)minute, 0).Ticks + (second * TimeSpan.TicksPerSecond);
        var zone = new TimeSpan((int)zoneHours, (int)zoneMinutes, 0);
        zone = text[21] == '-' ? -zone : zone;
        var utc = local - zone.Ticks;
        var isInRange = zone.Duration() <= TimeSpan.FromHours(14) && Math.Max(local, utc) <= DateTime.MaxValue.Ticks && utc >= 0;
        time = isInRange ? new DateTimeOffset(local, zone) : default;
        return isInRange;
    }
}
