namespace Sluice.Durable;

/// <summary>The choice if the newest checkpoint of a job is damaged.</summary>
public enum DamagePolicy
{
    /// <summary>An error, and nothing changes.</summary>
    Refuse,

    /// <summary>The newest checkpoint that is whole is used. All rows are read when the job is opened, and later checkpoints are removed. What sinks have published after it, they publish again.</summary>
    UseLastGood,
}
