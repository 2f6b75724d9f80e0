namespace Sluice;

/// <summary>A part of a coroutine's state that belongs to this process: a snapshot has it without its content, and its owner makes that again where the coroutine goes on. All of its fields may
/// have their default values.</summary>
internal interface INotStored;
