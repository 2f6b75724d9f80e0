namespace Sluice.Layering.Tests;

/// <summary>The tables that say who may know whom.</summary>
/// <remarks>A row uses the columns that have an <c>x</c>. Rows are in order from the bottom to the top, so an <c>x</c> below the diagonal
/// goes down, and one above it goes up and closes a cycle. The tables are exact: what nothing uses is not allowed.</remarks>
internal static class Layers
{
    /// <summary>The assemblies. <c>r</c>: only the project refers to it (what a user gets with it), the code does not.</summary>
    internal static readonly LayerTable Assemblies = new("Assemblies", """
                                  1  2  3  4  5  6  7  8  9 10 11 12
         1  Sluice                \  .  .  .  .  .  .  .  .  .  .  .
         2  Sluice.Events         x  \  .  .  .  .  .  .  .  .  .  .
         3  Sluice.Expat          x  x  \  .  .  .  .  .  .  .  .  .
         4  Sluice.Loop           x  .  .  \  .  .  .  .  .  .  .  .
         5  Sluice.Portability    x  .  .  .  \  .  .  .  .  .  .  .
         6  Sluice.Remote         x  .  .  .  x  \  .  .  .  .  .  .
         7  Sluice.Durable        x  .  .  .  x  .  \  .  .  .  .  .
         8  Sluice.Sqlite         x  .  .  .  .  .  x  \  .  .  .  .
         9  Sluice.PostgreSql     x  .  .  .  .  .  x  .  \  .  .  .
        10  Sluice.All            r  r  .  r  r  r  r  r  .  \  .  .
        11  Sluice.Worker         x  .  r  .  x  x  .  .  .  r  \  .
        12  Sluice.Tool           x  .  r  .  x  .  x  x  x  r  .  \
        """);

    /// <summary>Access to internals: the row sees, and uses, those of the column. Others need no more than the public API, as a third party would.</summary>
    internal static readonly LayerTable Internals = new("Internals", """
                                  1  2  3  4  5  6  7  8  9 10 11 12
         1  Sluice                \  .  .  .  .  .  .  .  .  .  .  .
         2  Sluice.Events         .  \  .  .  .  .  .  .  .  .  .  .
         3  Sluice.Expat          .  x  \  .  .  .  .  .  .  .  .  .
         4  Sluice.Loop           .  .  .  \  .  .  .  .  .  .  .  .
         5  Sluice.Portability    x  .  .  .  \  .  .  .  .  .  .  .
         6  Sluice.Remote         x  .  .  .  x  \  .  .  .  .  .  .
         7  Sluice.Durable        x  .  .  .  x  .  \  .  .  .  .  .
         8  Sluice.Sqlite         .  .  .  .  .  .  .  \  .  .  .  .
         9  Sluice.PostgreSql     .  .  .  .  .  .  .  .  \  .  .  .
        10  Sluice.All            .  .  .  .  .  .  .  .  .  \  .  .
        11  Sluice.Worker         .  .  .  .  .  .  .  .  .  .  \  .
        12  Sluice.Tool           .  .  .  .  .  .  .  .  .  .  .  \
        """);

    /// <summary>The tests and benchmarks that see internals, besides each assembly's own tests, which all see theirs: whose they see, and why.</summary>
    internal static readonly (string Friend, string[] Assemblies, string Why)[] OtherFriends =
    [
        ("Sluice.Expat.Tests", ["Sluice.Events"], "Expat is held to the other parsers of XML, piece by piece and where their limits are"),
        ("Sluice.Portability.Tests", ["Sluice"], "snapshots store what operators keep, which says by itself whether it fits together"),
        ("Sluice.Remote.Tests", ["Sluice", "Sluice.Portability"], "both ends of a part elsewhere are tested without a process, by what the core cuts and what snapshots write"),
        ("Micro", ["Sluice", "Sluice.Events", "Sluice.Loop", "Sluice.Portability", "Sluice.Remote"], "benchmarks measure functions by themselves"),
    ];

    /// <summary>The folders of the core. Coroutines know nothing of what is above them; pipelines and environments know each other, but
    /// not operators.</summary>
    internal static readonly LayerTable Core = new("Folders of the core", """
                                         1  2  3  4  5  6  7  8  9 10 11 12 13 14 15
         1  Common                       \  x  .  .  .  .  .  .  .  .  .  .  .  .  .
         2  Bytes                        .  \  .  .  .  .  .  .  .  .  .  .  .  .  .
         3  Coroutines/Control           .  .  \  x  .  .  .  .  .  .  .  .  .  .  .
         4  Coroutines                   .  .  x  \  .  .  .  .  .  .  .  .  .  .  .
         5  Coroutines/Generators        .  .  x  x  \  .  .  .  .  .  .  .  .  .  .
         6  Environments/Hosts           .  .  .  x  .  \  .  .  .  .  .  .  .  .  .
         7  Pipelines                    x  .  .  x  .  .  \  x  x  x  .  .  x  .  x
         8  Pipelines/Errors             .  .  x  x  .  .  x  \  x  .  .  .  .  .  .
         9  Pipelines/Running            .  x  x  x  .  .  x  .  \  .  .  .  .  x  x
        10  Pipelines/Sources            x  x  .  x  .  .  x  x  x  \  .  .  .  .  .
        11  Pipelines/Sinks              .  .  .  x  .  .  x  .  .  .  \  .  .  .  .
        12  Pipelines/Operators          x  .  .  x  .  .  x  .  .  x  .  \  .  .  .
        13  Environments/Boundaries      .  .  x  x  .  x  x  .  x  .  .  .  \  x  .
        14  Environments/Segments        .  .  .  x  .  x  x  .  x  .  .  .  x  \  x
        15  Environments                 .  .  .  x  .  x  x  .  .  .  .  .  x  x  \
        """);

    /// <summary>The folders of Sluice.Remote. The wire carries frames and knows nothing of what is in them; only its errors are shared.</summary>
    internal static readonly LayerTable Remote = new("Folders of Sluice.Remote", """
                                              1  2  3  4  5  6  7  8
         1  Common/Interop                    \  .  .  .  .  .  .  .
         2  Segments/ProtocolException        .  \  .  .  .  .  .  .
         3  Wire                              x  x  \  .  .  .  .  .
         4  Segments/Restarts                 .  .  x  \  x  .  .  .
         5  Segments                          .  x  x  x  \  .  .  .
         6  Process                           .  x  x  .  x  \  .  .
         7  Tcp                               .  .  x  .  x  .  \  .
         8  (top)                             .  .  .  .  x  x  x  \
        """);

    /// <summary>Uses of the core by snapshots, which know nothing of environments; only states of runs know runs. The columns are the rows of <see cref="Core"/>.</summary>
    internal static readonly LayerTable PortabilityToCore = new("Sluice.Portability to the core", """
                                         1  2  3  4  5  6  7  8  9 10 11 12 13 14 15
         1  Format                       .  x  x  x  .  .  .  .  .  .  .  .  .  .  .
         2  Items                        .  x  x  .  .  .  .  .  .  .  .  .  .  .  .
         3  Codecs                       .  x  x  x  x  .  .  .  .  .  .  .  .  .  .
         4  (top)                        .  x  x  x  x  .  x  .  .  .  .  .  .  .  .
         5  Runs                         .  x  x  x  .  .  x  x  x  .  .  .  .  x  .
         6  Captures                     .  .  x  x  x  .  x  .  .  .  .  .  .  .  x
        """, Core.Rows);

    /// <summary>Uses of the core by parts elsewhere: the wire and worker processes know nothing of pipelines, but for the two types that
    /// make an environment of processes. The columns are the rows of <see cref="Core"/>.</summary>
    internal static readonly LayerTable RemoteToCore = new("Sluice.Remote to the core", """
                                         1  2  3  4  5  6  7  8  9 10 11 12 13 14 15
         1  Common/Interop               .  .  .  .  .  .  .  .  .  .  .  .  .  .  .
         2  Wire                         x  x  .  .  .  .  .  .  .  .  .  .  .  .  .
         3  Segments/Restarts            .  x  x  .  .  .  x  .  .  .  .  .  x  x  .
         4  Segments                     x  x  x  x  .  x  x  .  x  .  .  .  x  x  x
         5  Process                      x  .  .  .  .  .  .  x  .  .  .  .  .  .  .
         6  Process/ProcessEnv           .  .  .  .  .  .  .  .  .  .  .  .  .  x  x
         7  Process/ProcessSegment       .  .  .  .  .  .  .  x  .  .  .  .  .  x  .
         8  Tcp                          x  .  .  .  .  .  .  .  .  .  .  .  .  x  x
         9  (top)                        .  .  .  .  .  .  .  .  .  .  .  .  .  .  x
        """, Core.Rows);

    /// <summary>The packages that assemblies need besides the library and .NET. The core needs none.</summary>
    internal static readonly IReadOnlyDictionary<string, string[]> Packages = new Dictionary<string, string[]>
    {
        ["Sluice.PostgreSql"] = ["Npgsql"],
        ["Sluice.Sqlite"] = ["Microsoft.Data.Sqlite"],
        ["Sluice.Tool"] = ["Spectre.Console", "System.CommandLine"],
        ["Sluice.Worker"] = ["System.CommandLine"],
    };

    /// <summary>The internals that operators of the library use, and why: what an operator of a third party cannot do yet. Each should become public, or
    /// to go. Members are named with their types; a type alone stands for all of its members.</summary>
    internal static readonly (string Why, string[] Internals)[] OperatorInternals =
    [
        ("a time in a message is written by one rule", ["Sluice.Duration"]),
        ("Concat opens its sources one after the other", ["Sluice.Source.OpeningInTurn", "Sluice.Inbox.OpenInput"]),
        ("an operator with several inputs ends when nothing can come any more", ["Sluice.Inbox.get_IsOver", "Sluice.Inbox.ReceiveUntilClosed", "Sluice.Operator.InputClosed", "Sluice.Operator.EndAfter"]),
        ("a coroutine within a stage has the stage's token", ["Sluice.Inbox.StartInner"]),
        ("a cancellation is told to the coroutine within as the failure that caused it", ["Sluice.Inbox.CauseOf", "Sluice.Inbox.get_FailureOfRun"]),
        ("a source that is made of an item runs inside the stage", ["Sluice.InnerSources"]),
        ("a failure names the key that it comes from", ["Sluice.FailureNotes"]),
        ("stages run for each key, within a node", ["Sluice.StageInKey", "Sluice.StageByHand.CheckInKey", "Sluice.IStartedTarget", "Sluice.Stage.get_Specs", "Sluice.TargetClosedException.ctor", "Sluice.TargetClosedException.get_Port"]),
        ("windows of all keys have one watermark, and a key that keeps nothing is let go", ["Sluice.CoroutineSpec", "Sluice.NodeSpec", "Sluice.NodeNames.Detail", "Sluice.Stage.ctor", "Sluice.IStageKey", "Sluice.KeyScope", "Sluice.Stage.KeepingNothing"]),
        ("Tap is there for what it does outside of the run", ["Sluice.Stage.ActingOutside"]),
        ("late items are counted at their node", ["Sluice.Inbox.CountLate"]),
        ("a stage whose sends are under way says what it waits for", ["Sluice.Inbox.NoteWaitForRoom"]),
        ("a mark passes a stage that waits for a time or for calls, and takes no items", ["Sluice.Inbox.PauseAsync", "Sluice.Inbox.PauseAwaitable"]),
        ("the arguments of a key's coroutine are compared with the stored ones", ["Sluice.IKeyCoroutines", "Sluice.CalledOfKey", "Sluice.CoroutineTarget.CallDeferred"]),
        ("callbacks come in several forms, and none may be async void", ["Sluice.Callback"]),
        ("state with chains and steps of its own says whether a stored one fits together, before a loop relies on it; one made of collections need not", ["Sluice.IKeptState"]),
    ];
}
