namespace Sluice;

/// <summary>Keeps the rings of a process's segments.</summary>
internal interface IInlets
{
    Inlet<T> Make<T>(Crossing crossing);
}
