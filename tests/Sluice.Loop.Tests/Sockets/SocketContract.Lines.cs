namespace Sluice.Tests;

/// <summary>Lines and exact lengths.</summary>
public abstract partial class SocketContract
{
    [Fact]
    public void Lines_come_in_whatever_pieces_they_were_sent() => Run(() => WithPair(unix: true, (client, server) => TaskGroup.RunAsync(async group =>
    {
        group.Start(async () =>
        {
            foreach (var one in "ä\nb\r\n\nlast"u8.ToArray())
            {
                await client.WriteAsync(new[] { one });
                await EventLoop.YieldAsync();
            }

            client.ShutdownWrite();
        });
        List<string> lines = [];
        while (await server.ReadLineAsync() is { } line)
        {
            lines.Add(line);
        }

        Assert.Equal(["ä", "b", "", "last"], lines);
        Assert.Null(await server.ReadLineAsync());
    })));

    [Fact]
    public void Many_lines_come_at_once_and_bytes_behind_them_can_be_read() => Run(() => WithPair(unix: false, async (client, server) =>
    {
        const int Lines = 3000;
        var text = string.Concat(Enumerable.Range(0, Lines).Select(i => $"line {i} {new string('x', i % 100)}\n"));
        await client.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text + "rest"));
        for (var i = 0; i < Lines; i++)
        {
            Assert.Equal($"line {i} {new string('x', i % 100)}", await server.ReadLineAsync());
        }

        var rest = new byte[4];
        await server.ReadExactlyAsync(rest);
        Assert.Equal("rest"u8, rest);
    }));

    [Fact]
    public void What_was_read_ahead_for_a_line_is_read_first() => Run(() => WithPair(unix: true, async (client, server) =>
    {
        await client.WriteAsync("one\ntwo"u8.ToArray());
        Assert.Equal("one", await server.ReadLineAsync());
        var buffer = new byte[2];
        Assert.Equal(2, await server.ReadAsync(buffer));
        Assert.Equal("tw"u8, buffer);
        await client.WriteAsync("!\n"u8.ToArray());
        Assert.Equal("o!", await server.ReadLineAsync());
    }));

    [Theory]
    [InlineData("1234567\n")]
    [InlineData("1234567")]
    [InlineData("123456\rx")]
    public void A_line_that_is_too_long_is_an_error_and_stays(string sent) => Run(() => WithPair(unix: true, async (client, server) =>
    {
        await client.WriteAsync("123456\r\n123456\n"u8.ToArray());
        Assert.Equal("123456", await server.ReadLineAsync(maxLength: 6));
        Assert.Equal("123456", await server.ReadLineAsync(maxLength: 6));

        await client.WriteAsync(System.Text.Encoding.ASCII.GetBytes(sent));
        client.ShutdownWrite();
        await Assert.ThrowsAsync<InvalidDataException>(async () => await server.ReadLineAsync(maxLength: 6));
        await Assert.ThrowsAsync<InvalidDataException>(async () => await server.ReadLineAsync(maxLength: 6));
        Assert.Equal(sent.TrimEnd(), await server.ReadLineAsync());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await server.ReadLineAsync(maxLength: -1));
    }));

    [Fact]
    public void A_line_without_end_is_refused_before_it_fills_the_memory() => Run(() => WithPair(unix: false, async (client, server) =>
    {
        var writing = client.WriteAsync(new byte[Huge]).AsTask();
        await Assert.ThrowsAsync<InvalidDataException>(async () => await server.ReadLineAsync());
        Assert.False(writing.IsCompleted); // it was not read to its end
        server.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => writing);
    }));

    [Fact]
    public void An_end_before_the_exact_length_is_an_error_and_what_came_can_be_read() => Run(() => WithPair(unix: false, async (client, server) =>
    {
        await client.WriteAsync("abc"u8.ToArray());
        client.ShutdownWrite();
        await Assert.ThrowsAsync<EndOfStreamException>(async () => await server.ReadExactlyAsync(new byte[4]));
        Assert.Equal("abc", await server.ReadLineAsync());
    }));
}
