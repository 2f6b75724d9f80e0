namespace Sluice;

/// <summary>A generator's port, as a value that can be stored.</summary>
internal interface IExchange : IParkingPlace, ICoroutineOwner, IStrandHome
{
    bool IsBetweenSteps { get; }
}
