namespace Sluice.Tests;

/// <summary>A contract: what all operators of a family do alike. Each operator has a class that derives from it.</summary>
public interface IContract
{
    /// <summary>A pipeline with the operator.</summary>
    PipelineGraph Graph { get; }
}

/// <summary>No operator is left out of the contracts, and each is there as a stage and as a method of a source.</summary>
public sealed class ContractTests
{
    [Fact]
    public void Every_operator_has_a_contract_of_its_family()
    {
        var tested = typeof(IContract).Assembly.GetTypes()
            .Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(IContract)))
            .Select(type => (IContract)Activator.CreateInstance(type)!)
            .SelectMany(contract => contract.Graph.Nodes.Select(node => (FamilyOf(contract), node.Name)));

        Assert.Empty(OperatorMethods.OfSources.Select(method => (FamilyOf(method), method.Name)).Except(tested));
    }

    [Fact]
    public void Every_stage_is_a_method_of_a_source_too() =>
        Assert.Empty(OperatorMethods.OfStages.Select(method => method.Name).Except(OperatorMethods.OfSources.Select(method => method.Name)));

    private static string FamilyOf(IContract contract) => contract is FanOutContract ? "to sinks" : contract is FanInContract ? "of sources" : "of items";

    private static string FamilyOf(System.Reflection.MethodInfo method) =>
        method.ReturnType == typeof(Pipeline) ? "to sinks"
        : Array.Exists(method.GetParameters()[1..], parameter => OperatorMethods.IsSource(parameter.ParameterType.GetElementType() ?? parameter.ParameterType)) ? "of sources"
        : "of items";
}
