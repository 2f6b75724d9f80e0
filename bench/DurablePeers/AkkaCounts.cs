using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;

namespace Sluice.Bench;

/// <summary>Persistent actors, one for a key, whose events are in a SQLite file.</summary>
internal sealed class AkkaCounts : ICounts
{
    private readonly ActorSystem _system;
    private readonly ConcurrentDictionary<int, IActorRef> _actors = [];

    private AkkaCounts(ActorSystem system) => _system = system;

    /// <summary>Starts the actor system.</summary>
    /// <param name="path">Of the file, which is made.</param>
    internal static AkkaCounts Start(string path) => new(ActorSystem.Create("counts", ConfigurationFactory.ParseString($$"""
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        akka.persistence.journal.plugin = "akka.persistence.journal.sql"
        akka.persistence.journal.sql {
          class = "Akka.Persistence.Sql.Journal.SqlWriteJournal, Akka.Persistence.Sql"
          provider-name = "SQLite.MS"
          connection-string = "Data Source={{path}}"
          auto-initialize = true
        }
        """).WithFallback(Akka.Persistence.Sql.SqlPersistence.DefaultConfiguration)));

    public Task<int> CountAsync(int key) => _actors.GetOrAdd(key, key => _system.ActorOf(Props.Create(() => new CountActor(key)))).Ask<int>(CountActor.Increment);

    public async ValueTask DisposeAsync() => await _system.Terminate();

    private sealed class CountActor : ReceivePersistentActor
    {
        internal const string Increment = "one more";

        private int _count;

        public CountActor(int key)
        {
            PersistenceId = $"count-{key}";
            Recover<int>(by => _count += by);
            Command<string>(_ => Persist(1, by =>
            {
                _count += by;
                Sender.Tell(_count);
            }));
        }

        public override string PersistenceId { get; }
    }
}
