namespace Sluice.Durable;

/// <summary>Options of opening a job.</summary>
/// <remarks>Thread safety: options do not change.</remarks>
public sealed class JobOpenOptions
{
    /// <summary>True to take the job from a run that may still go on: that run ends with a <see cref="JobTakenOverException"/>. Default false.</summary>
    public bool TakeOver { get; init; }

    /// <summary>The time after which another host may take the job over if this run has not renewed its lease. More than zero; default 30 seconds.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The number of checkpoints to keep besides the named ones; 1 or more, default 3.</summary>
    public int Keep { get; init; } = 3;

    /// <summary>The name of a checkpoint to go back to. All later checkpoints of the job are removed, named ones too. Default null: the newest.</summary>
    public string? RewindTo { get; init; }

    /// <summary>The choice if the newest checkpoint is damaged. Default <see cref="DamagePolicy.Refuse"/>.</summary>
    public DamagePolicy Damage { get; init; }

    /// <summary>The owner that is stored. Default null: this process.</summary>
    public JobOwner? Owner { get; init; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Lease, TimeSpan.Zero, nameof(Lease));
        ArgumentOutOfRangeException.ThrowIfLessThan(Keep, 1, nameof(Keep));
    }
}
