namespace Sluice;

/// <summary>The key that a stage runs for, as the stage sees it.</summary>
internal interface IStageKey
{
    /// <summary>Gets what the stages of all keys have in common.</summary>
    KeyScope Scope { get; }

    /// <summary>Notes the key in an error that comes from its stages. Always true.</summary>
    bool Note(Exception error);
}

/// <summary>The things that the stages of all keys have in common.</summary>
internal abstract class KeyScope;
