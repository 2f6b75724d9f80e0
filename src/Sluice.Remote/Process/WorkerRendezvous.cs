using System.Net.Sockets;
using System.Text;

namespace Sluice;

/// <summary>The place at which a started worker finds its parent: a socket in a folder that no one else can enter, both of which are gone
/// as soon as it is connected.</summary>
internal sealed class WorkerRendezvous : IDisposable
{
    // The systems' limits are 104 to 108 bytes, with a zero at the end.
    private const int MaxPathLength = 103;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    internal WorkerRendezvous()
    {
        Invitation = WorkerInvitation.To(Path.Combine(CreateFolder(), "s"));
        try
        {
            _listener.Bind(new UnixDomainSocketEndPoint(Invitation.Path));
            _listener.Listen();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal WorkerInvitation Invitation { get; }

    /// <summary>Waits until the worker has made both of its connections. Who does not know the token is sent away.</summary>
    internal async Task<(Socket Lifeline, Socket Channel, int Process)> AcceptAsync(CancellationToken cancellationToken)
    {
        Socket? lifeline = null, candidate = null;
        try
        {
            while (true)
            {
                candidate = await _listener.AcceptAsync(cancellationToken).ConfigureAwait(false);
                var greeting = await WorkerGreeting.ReceiveAsync(candidate, Invitation, cancellationToken).ConfigureAwait(false);
                if (greeting is { Kind: WorkerGreeting.Channel, Process: var process } && lifeline is not null)
                {
                    return (lifeline, candidate, process);
                }

                if (greeting is { Kind: WorkerGreeting.Lifeline } && lifeline is null)
                {
                    (lifeline, candidate) = (candidate, null);
                }

                candidate?.Dispose();
            }
        }
        catch
        {
            candidate?.Dispose();
            lifeline?.Dispose();
            throw;
        }
    }

    /// <summary>Ends listening and removes socket and folder.</summary>
    public void Dispose()
    {
        _listener.Dispose();
        Invitation.RemoveFolder();
    }

    /// <summary>In the folder for temporary files, unless its name is too long for a socket in it.</summary>
    private static string CreateFolder()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-worker-").FullName;
        if (Encoding.UTF8.GetByteCount(folder) + 2 <= MaxPathLength)
        {
            return folder;
        }

        Directory.Delete(folder);
        if (OperatingSystem.IsWindows())
        {
            throw new PathTooLongException($"The folder for temporary files, {Path.GetTempPath()}, has too long a name for a socket in it. Set TEMP to a shorter one.");
        }

        folder = Path.Combine("/tmp", Path.GetFileName(folder) + Path.GetRandomFileName());
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return folder;
    }
}
