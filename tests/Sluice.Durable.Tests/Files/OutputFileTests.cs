using System.Text;
using Microsoft.Extensions.Time.Testing;
using Sluice.Tests;

namespace Sluice.Durable;

public sealed class OutputFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.PathOf("out.txt");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Hole_17_A_file_that_is_shorter_is_an_error_and_not_made_longer()
    {
        var state = Written("one\ntwo\n");
        File.WriteAllText(Path, "one\n");

        var error = Assert.Throws<OutputFileChangedException>(() => OutputFile.Restore(Path, state));
        Assert.Contains("has 4 bytes, and 8 were committed", error.Message, StringComparison.Ordinal);
        Assert.Equal("one\n", File.ReadAllText(Path));
    }

    [Fact]
    public void A_file_that_is_another_one_or_has_other_bytes_or_is_gone_is_an_error()
    {
        var state = Written("one\ntwo\n");
        using (var file = File.OpenWrite(Path))
        {
            file.Write("One"u8);
        }

        Assert.Contains("other bytes before byte 8", Assert.Throws<OutputFileChangedException>(() => OutputFile.Restore(Path, state)).Message, StringComparison.Ordinal);
        File.WriteAllText(_folder.PathOf("other"), "one\ntwo\n");
        File.Move(_folder.PathOf("other"), Path, overwrite: true);
        Assert.Contains("another file", Assert.Throws<OutputFileChangedException>(() => OutputFile.Restore(Path, state)).Message, StringComparison.Ordinal);
        File.Delete(Path);
        Assert.Contains("There is no", Assert.Throws<OutputFileChangedException>(() => OutputFile.Restore(Path, state)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hole_5_A_new_output_keeps_replaces_or_refuses_what_is_there()
    {
        File.WriteAllText(Path, "old\n");
        Assert.Contains(Path, Assert.Throws<IOException>(() => OutputFile.Open(Path, new() { Existing = ExistingOutput.Refuse })).Message, StringComparison.Ordinal);

        var state = Written("new\n"); // a crash before the next checkpoint, and before the first one, comes back to this
        Assert.Equal("old\nnew\n", File.ReadAllText(Path));
        OutputFile.Restore(Path, state).Dispose();
        Assert.Equal("old\nnew\n", File.ReadAllText(Path));

        Written("newer\n", new() { Existing = ExistingOutput.Replace });
        Assert.Equal("newer\n", File.ReadAllText(Path));
        File.WriteAllText(Path, "");
        OutputFile.Open(Path, new() { Existing = ExistingOutput.Refuse }).Dispose(); // of a run that crashed before its first checkpoint
    }

    [Fact]
    public void Hole_6_An_abandoned_output_writes_nothing()
    {
        var output = OutputFile.Open(Path);
        output.Prepare(0);
        output.Append("buffered\n"u8);
        output.Dispose();

        Assert.Equal("", File.ReadAllText(Path));
        Assert.Throws<ObjectDisposedException>(() => output.Append("x"u8));
        Assert.Throws<ObjectDisposedException>(() => output.Prepare(1));
        Assert.Throws<ObjectDisposedException>(() => output.Publish(0));
    }

    [Fact]
    public void Nothing_is_appended_before_checkpoint_0_and_numbers_grow()
    {
        using var output = OutputFile.Open(Path);
        Assert.Throws<InvalidOperationException>(() => output.Append("x"u8));
        output.Prepare(4);
        Assert.Throws<ArgumentOutOfRangeException>(() => output.Prepare(4));
        Assert.Throws<ArgumentException>(() => output.Publish(5));
        output.Publish(4);
        output.Publish(4);
        output.Publish(3); // an older one is in it
    }

    [Fact]
    public void Hole_18_A_reader_sees_up_to_where_the_file_stays_as_it_is()
    {
        Assert.Null(CommittedOutput.Read(Path));
        using var output = OutputFile.Open(Path);
        output.Prepare(0);
        Assert.Null(CommittedOutput.Read(Path));
        output.Append("one\n"u8);
        output.Prepare(1);
        output.Publish(1);
        output.Append(new byte[100_000]);
        output.Prepare(2);

        var committed = CommittedOutput.Read(Path)!;
        Assert.Equal((1, 4, Path, OutputCommit.Truncate), (committed.Checkpoint, committed.Length, committed.File, committed.Commit));
        Assert.Equal((4, 0, 0), (committed.LengthOf(Path), committed.LengthOf(_folder.PathOf("other.txt")), committed.LengthOf("/tmp/out.txt")));
        Assert.Equal(100_004, new FileInfo(Path).Length);
    }

    [Fact]
    public void Parts_follow_each_other_by_size_and_age_and_names_say_which_are_complete()
    {
        var clock = new FakeTimeProvider();
        var options = new OutputFileOptions { MaxPartSize = 10, MaxPartAge = TimeSpan.FromHours(1), TimeProvider = clock };
        byte[] state;
        using (var output = OutputFile.Open(Path, options))
        {
            output.Prepare(0);
            output.Append("1234567\n"u8);
            output.Append("22\n"u8); // would be the eleventh byte
            state = output.Prepare(1);
            output.Publish(1);
            clock.Advance(TimeSpan.FromHours(1));
            output.Append("3\n"u8);
            output.Prepare(2);
        }

        Assert.Equal(["out-000001.txt", "out-000002.txt", "out-000003.txt"], Names());
        var committed = CommittedOutput.Read(Path)!;
        Assert.Equal([long.MaxValue, 3, 0], Names().Select(name => committed.LengthOf(_folder.PathOf(name))));

        using var again = OutputFile.Restore(Path, state, options);
        Assert.Equal(["out-000001.txt", "out-000002.txt"], Names());
        again.Append("3\n"u8); // the hour of the second part is part of the state
        Assert.Equal(["out-000001.txt", "out-000002.txt", "out-000003.txt"], Names());
    }

    [Fact]
    public void Renamed_parts_are_visible_when_they_are_committed_and_carry_the_number()
    {
        var options = new OutputFileOptions { Commit = OutputCommit.Rename };
        byte[] state;
        using (var output = OutputFile.Open(Path, options))
        {
            output.Prepare(0);
            output.Append("1\n"u8);
            output.Prepare(7); // the store is away
            output.Append("2\n"u8);
            state = output.Prepare(8);
            output.Append("3\n"u8);
            Assert.Empty(Names());
        }

        OutputFile.Restore(Path, state, options).Dispose();
        OutputFile.Restore(Path, state, options).Dispose();
        Assert.Equal(["out-0000000007-001.txt", "out-0000000008-001.txt"], Names());
        Assert.Equal("2\n", File.ReadAllText(_folder.PathOf("out-0000000008-001.txt")));
        Assert.DoesNotContain(Directory.GetFiles(_folder.PathOf("")), static path => path.EndsWith(".part", StringComparison.Ordinal));

        File.WriteAllText(_folder.PathOf("out-0000000009-001.txt"), "of someone else");
        using var last = OutputFile.Restore(Path, state, options);
        last.Append("3\n"u8);
        last.Prepare(9);
        Assert.Contains("not of this output", Assert.Throws<IOException>(() => last.Publish(9)).Message, StringComparison.Ordinal);
        Assert.Equal("of someone else", File.ReadAllText(_folder.PathOf("out-0000000009-001.txt")));
    }

    [Fact]
    public void Other_settings_and_damaged_states_are_refused()
    {
        var state = Written("one\n");
        Assert.Contains("Commit = Truncate", Assert.Throws<ArgumentException>(() => OutputFile.Restore(Path, state, new() { Commit = OutputCommit.Rename })).Message, StringComparison.Ordinal);
        Assert.Contains("MaxPartSize", Assert.Throws<ArgumentException>(() => OutputFile.Restore(Path, state, new() { MaxPartSize = 9 })).Message, StringComparison.Ordinal);
        for (var i = 0; i < state.Length; i++)
        {
            var damaged = state.ToArray();
            damaged[i] ^= 1;
            Assert.Throws<FormatException>(() => OutputFile.Restore(Path, damaged));
        }

        Assert.Throws<FormatException>(() => OutputFile.Restore(Path, []));
    }

    [Fact]
    public void A_folder_that_is_missing_or_on_the_network_is_a_clear_error()
    {
        Assert.Throws<DirectoryNotFoundException>(() => OutputFile.Open(_folder.PathOf("no/out.txt")));
        var disk = OutputStory.NewDisk();
        disk.NetworkName = "NFS";
        Assert.Contains("NFS", Assert.Throws<NotSupportedException>(() => OutputFile.Open(disk, OutputStory.File, new())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hole_16_A_failed_output_is_never_synced_again()
    {
        var disk = OutputStory.NewDisk();
        using var output = OutputFile.Open(disk, OutputStory.File, new());
        output.Prepare(0);
        output.Append("one\n"u8);
        (disk.StopAt, disk.Stop) = (disk.Steps + 1, StopKind.Fail); // the fsync behind the write
        Assert.Throws<IOException>(() => output.Prepare(1));
        var steps = disk.Steps;

        Assert.Contains("Restore it", Assert.Throws<InvalidOperationException>(() => output.Prepare(2)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => output.Append("x"u8));
        Assert.Equal(steps, disk.Steps);
    }

    [Fact]
    public void Hole_16_A_failed_side_file_is_never_synced_again()
    {
        var disk = OutputStory.NewDisk();
        using var output = OutputFile.Open(disk, OutputStory.File, new());
        output.Prepare(0);
        (disk.StopAt, disk.Stop) = (disk.Steps + 1, StopKind.Fail); // the fsync behind the write
        Assert.Throws<IOException>(() => output.Publish(0));
        var steps = disk.Steps;

        Assert.Contains("Restore", Assert.Throws<InvalidOperationException>(() => output.Publish(0)).Message, StringComparison.Ordinal);
        Assert.Equal(steps, disk.Steps);
    }

    /// <summary>A side file of which a write was torn has the state before.</summary>
    [Fact]
    public void A_side_file_that_is_half_written_says_what_was_committed_before()
    {
        Written("one\n");
        var side = Path + ".sluice";
        var bytes = File.ReadAllBytes(side);
        bytes[2048 + 20] ^= 1; // the slot of the first change
        File.WriteAllBytes(side, bytes);
        Assert.Equal(0, CommittedOutput.Read(Path)?.Length ?? 0);
    }

    private byte[] Written(string text, OutputFileOptions? options = null)
    {
        using var output = OutputFile.Open(Path, options);
        output.Prepare(0);
        output.Append(Encoding.ASCII.GetBytes(text));
        var state = output.Prepare(1);
        output.Publish(1);
        return state;
    }

    private IEnumerable<string> Names() =>
        Directory.GetFiles(_folder.PathOf(""), "out-*.txt").Select(static path => System.IO.Path.GetFileName(path)).Order(StringComparer.Ordinal);
}
