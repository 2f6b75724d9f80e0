#!/usr/bin/env dotnet
#:project ../src/Sluice.All/Sluice.All.csproj
#:property PublishAot=false

// A program that can be stopped anywhere and goes on where it was: it reads lines, three nested coroutines make numbered chapters
// and paragraphs of them, and all that they know is in their local variables. Stopped half-way, it saves them to a file.
//   dotnet run samples/hibernate.cs -- [file] [--state FILE] [--stop-after LINES]
// Started again with the same --state it goes on from there. The output of both halves is that of one whole run.

using Sluice;

const string Text = """
    # Morning
    The bus was late.
    It rained.

    Nobody spoke.
    # Noon
    The sun came out,
    and so did we.

    # Evening
    The bus was early.

    We were not.
    """;

const string Usage = "usage: hibernate [file] [--state FILE] [--stop-after LINES], where - is standard input";
string? file = null, state = null;
var stopAfter = int.MaxValue;
for (var i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--help" when args.Length == 1:
            Console.WriteLine(Usage);
            return 0;
        case "--state" when i + 1 < args.Length:
            state = args[++i];
            break;
        case "--stop-after" when i + 1 < args.Length && int.TryParse(args[i + 1], out stopAfter) && stopAfter >= 0:
            i++;
            break;
        default:
            if (file is not null || args[i] is ['-', _, ..])
            {
                Console.Error.WriteLine(Usage);
                return 2;
            }

            file = args[i];
            break;
    }
}

try
{
    string[] lines = file switch
    {
        null => Text.ReplaceLineEndings("\n").Split('\n'),
        "-" => [.. await Source.StandardInput().To(Sink.ToList<string>()).RunAsync()],
        _ => File.ReadAllLines(file),
    };
    var (book, done) = Open();
    foreach (var line in lines.Skip(done).Take(stopAfter))
    {
        await book.SendAsync(line);
        done++;
    }

    if (done < lines.Length && state is not null)
    {
        var saved = (await book.MoveAsync()).ToBytes();
        File.WriteAllBytes(state, [.. BitConverter.GetBytes(done), .. saved]);
        return 0;
    }

    await book.CloseAsync();
    if (state is not null)
    {
        File.Delete(state);
    }

    return 0;
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException or SnapshotException)
{
    Console.Error.WriteLine($"hibernate: {error.Message}");
    return 1;
}

// What was saved, or a new beginning; and how many lines it has read.
(CoroutineTarget<string> Book, int Done) Open()
{
    if (state is null || !File.Exists(state))
    {
        return (Target.Start<string>(Book), 0);
    }

    var saved = File.ReadAllBytes(state);
    return (CoroutineSnapshot.Parse(saved.AsSpan(sizeof(int))).Resume<string>(), BitConverter.ToInt32(saved));
}

static async Coroutine Book(Inbox<string> lines)
{
    var lengths = new Dictionary<string, int>();
    try
    {
        var title = await lines.ReceiveAsync();
        for (var number = 1; title is not null; number++)
        {
            Console.WriteLine($"Chapter {number}: {title.TrimStart('#', ' ')}");
            var (words, next) = await Chapter(lines);
            lengths[title] = words;
            title = next;
        }
    }
    finally
    {
        Console.WriteLine($"{lengths.Count} chapters, {lengths.Values.Sum()} words");
    }
}

// Reads to the next title, which it returns with the number of words before it; null at the end.
static async Coroutine<(int Words, string? Next)> Chapter(Inbox<string> lines)
{
    var words = 0;
    for (var number = 1; ; number++)
    {
        var (count, next) = await Paragraph(lines, number);
        words += count;
        if (next != "")
        {
            return (words, next);
        }
    }
}

// Reads to the next empty line, title or end, which it returns.
static async Coroutine<(int Words, string? Next)> Paragraph(Inbox<string> lines, int number)
{
    var words = new List<string>();
    string? next = null;
    await foreach (var line in lines)
    {
        if (line is "" or ['#', ..])
        {
            next = line;
            break;
        }

        words.AddRange(line.Split(' '));
        Console.WriteLine($"  {number}.{words.Count} {line}");
    }

    return (words.Count, next);
}
