using System.Net;
using System.Net.Sockets;

namespace Sluice;

/// <summary>A socket that .NET drives; what it has done is brought to the loop.</summary>
internal sealed class PortableSocket(EventLoop loop, Socket socket) : LoopSocket(loop)
{
    private bool _isReading;
    private bool _isWriting;

    internal override Socket Socket => socket;

    internal static new async ValueTask<LoopSocket> ConnectAsync(EventLoop loop, EndPoint address)
    {
        var isUnix = address.AddressFamily == AddressFamily.Unix;
        var socket = new Socket(address.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            await loop.AwaitOutsideAsync("a connection to ", address, async token =>
            {
                await socket.ConnectAsync(address, token).ConfigureAwait(false);
                return default(NoValue);
            });
            return new PortableSocket(loop, socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    internal override async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        Enter(ref _isReading, "read from one stream");
        try
        {
            return await AwaitAsync("bytes from ", token => socket.ReceiveAsync(buffer, SocketFlags.None, token));
        }
        finally
        {
            _isReading = false;
        }
    }

    internal override async ValueTask SendAsync(ReadOnlyMemory<byte> data)
    {
        Enter(ref _isWriting, "write to one stream");
        try
        {
            do
            {
                var rest = data;
                data = data[await AwaitAsync("room to write to ", token => socket.SendAsync(rest, SocketFlags.None, token))..];
            }
            while (!data.IsEmpty);
        }
        finally
        {
            _isWriting = false;
        }
    }

    internal override async ValueTask<LoopSocket> AcceptAsync()
    {
        Enter(ref _isReading, "accept from one listener");
        try
        {
            var accepted = await AwaitAsync("a connection to ", socket.AcceptAsync);
            PassOnNoDelay(accepted);
            return new PortableSocket(Loop, accepted);
        }
        finally
        {
            _isReading = false;
        }
    }

    internal override void OnReady(PollEvents events) => throw new NotSupportedException("Nobody watches it.");

    private protected override void Close() => socket.Dispose();

    /// <summary>Linux alone does it by itself.</summary>
    private void PassOnNoDelay(Socket accepted)
    {
        try
        {
            if (socket.ProtocolType == ProtocolType.Tcp)
            {
                accepted.NoDelay = socket.NoDelay;
            }
        }
        catch (SocketException) // the connection is lost already: that is for its first read to tell, not for the accept
        {
        }
    }

    private async ValueTask<T> AwaitAsync<T>(string what, Func<CancellationToken, ValueTask<T>> call)
    {
        try
        {
            return await Loop.AwaitOutsideAsync(what, this, call);
        }
        catch (SocketException) when (IsDisposed)
        {
            throw Disposed(); // .NET reports it as an aborted operation
        }
    }

    private void Enter(ref bool isBusy, string what)
    {
        CheckUse();
        if (isBusy)
        {
            throw Busy(what);
        }

        isBusy = true;
    }
}
