using System.Globalization;
using System.Text;

namespace Sluice.Tests;

/// <summary>A document that a number stands for, with all that JSON can have in it.</summary>
internal sealed class RandomJson
{
    private static readonly string[] s_gaps = ["", "", " ", "\n", "\r\n", "\t  "];
    private static readonly string[] s_letters = ["a", "é", "日", "😀", "\\n", "\\\"", "\\\\", "\\u00e9", "\\/", "some text", "{", "]", ",", ":", "/*", "x, \\\"y\\\""];

    private readonly Random _random;
    private readonly StringBuilder _json = new();

    private RandomJson(int seed) => _random = Seed.Drawn(seed);

    internal static string Of(int seed)
    {
        var document = new RandomJson(seed);
        document.Value(0);
        return document._json.ToString();
    }

    /// <summary>One ASCII character more or less, or the end too early. The document may still be well-formed.</summary>
    internal static string Damaged(int seed)
    {
        var random = Seed.Drawn(seed);
        var json = Of(seed);
        var at = random.Next(json.Length);
        if (char.IsLowSurrogate(json[at]))
        {
            at--;
        }

        return random.Next(3) switch
        {
            0 => json[..at],
            1 => json.Insert(at, "\"{}[],:\\/x1-e. \n"[random.Next(16)].ToString()),
            _ => char.IsAscii(json[at]) ? json.Remove(at, 1) : json[..at],
        };
    }

    private void Value(int depth)
    {
        Gap();
        switch (_random.Next(depth > 5 ? 6 : 9))
        {
            case 0:
                _json.Append(_random.Next(-1000, 1000).ToString(CultureInfo.InvariantCulture));
                break;
            case 1:
                _json.Append(CultureInfo.InvariantCulture, $"{_random.NextInt64()}.{_random.Next()}e-{_random.Next(9)}");
                break;
            case 2:
                _json.Append("true");
                break;
            case 3:
                _json.Append(_random.Next(2) == 0 ? "null" : "false");
                break;
            case 4 or 5:
                Text();
                break;
            case 6:
                List('[', ']', () => Value(depth + 1));
                break;
            default:
                List('{', '}', () =>
                {
                    Gap();
                    Text();
                    Gap();
                    _json.Append(':');
                    Value(depth + 1);
                });
                break;
        }

        Gap();
    }

    private void List(char start, char end, Action add)
    {
        _json.Append(start);
        var count = _random.Next(6);
        for (var i = 0; i < count; i++)
        {
            _json.Append(i > 0 ? "," : "");
            add();
        }

        Gap();
        _json.Append(end);
    }

    private void Text()
    {
        _json.Append('"');
        for (var count = _random.Next(20) == 0 ? _random.Next(40) : _random.Next(5); count > 0; count--)
        {
            _json.Append(s_letters[_random.Next(s_letters.Length)]);
        }

        _json.Append('"');
    }

    private void Gap() => _json.Append(s_gaps[_random.Next(s_gaps.Length)]);
}
