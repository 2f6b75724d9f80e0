using System.Net.Sockets;

namespace Sluice.Tests;

/// <summary>Takes reports of stages to the test, from every environment, and their requests to go on. They are given its
/// <see cref="Post"/>, which is a value.</summary>
internal sealed class Lookout : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    /// <summary>Guarded by a lock on itself, and so are the two below.</summary>
    private readonly List<string> _heard = [];
    private readonly Dictionary<string, TaskCompletionSource> _arrivals = [];
    private readonly Dictionary<string, TaskCompletionSource> _leaves = [];

    internal Lookout()
    {
        Post = new(_folder.PathOf("post"));
        _listener.Bind(new UnixDomainSocketEndPoint(Post.Path));
        _listener.Listen(512);
        _ = Task.Run(ListenAsync);
    }

    internal Post Post { get; }

    /// <summary>All that was said and asked so far, in order.</summary>
    internal IReadOnlyList<string> Heard
    {
        get
        {
            lock (_heard)
            {
                return [.. _heard];
            }
        }
    }

    /// <summary>Waits until someone says or asks this.</summary>
    internal Task Hears(string text) => Wait.For(In(_arrivals, text).Task, $"'{text}' to be heard, after: {string.Join(", ", Heard)}");

    /// <summary>Lets those that ask this, now or later, go on.</summary>
    internal void Allow(string text) => In(_leaves, text).TrySetResult();

    /// <summary>Makes those that ask this from now on wait again.</summary>
    internal void Deny(string text)
    {
        lock (_heard)
        {
            _leaves.Remove(text);
        }
    }

    public void Dispose()
    {
        lock (_heard)
        {
            foreach (var leave in _leaves.Values)
            {
                leave.TrySetResult(); // a test that has failed holds no thread
            }
        }

        _listener.Dispose();
        _folder.Dispose();
    }

    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                _ = AnswerAsync(await _listener.AcceptAsync());
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    private async Task AnswerAsync(Socket caller)
    {
        await using var stream = new NetworkStream(caller, ownsSocket: true);
        using var reader = new StreamReader(stream);
        var isQuestion = await reader.ReadLineAsync() == "ask";
        var text = (await reader.ReadLineAsync())!;
        lock (_heard)
        {
            _heard.Add(text);
        }

        In(_arrivals, text).TrySetResult();
        if (isQuestion)
        {
            await In(_leaves, text).Task;
        }

        try
        {
            await stream.WriteAsync("\n"u8.ToArray());
        }
        catch (IOException)
        {
            // The one that asked was cancelled since.
        }
    }

    private TaskCompletionSource In(Dictionary<string, TaskCompletionSource> signals, string text)
    {
        lock (_heard)
        {
            return signals.TryGetValue(text, out var signal) ? signal : signals[text] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
