using Sluice.Layering.Tests.Fixtures;

namespace Sluice.Layering.Tests;

/// <summary>The reader sees every kind of dependency, where it is, and who may use it.</summary>
public sealed class ReaderTests
{
    private const string Below = "Sluice.Layering.Tests/Fixtures/Below";
    private const string Above = "Sluice.Layering.Tests/Fixtures/Above";

    [Theory]
    [InlineData(nameof(HasBase), "HasBase -> Thing, by its BaseType", "HasBase.ctor -> Thing.ctor, by its Code")]
    [InlineData(nameof(HasInterface), "HasInterface -> IThing, by its Interface")]
    [InlineData("HasConstraint", "HasConstraint -> IThing, by its Constraint")]
    [InlineData(nameof(HasConstraintOfMethod), "HasConstraintOfMethod.Use -> IThing, by its Constraint")]
    [InlineData(nameof(HasField), "HasField.Value -> ThingValue, by its Field")]
    [InlineData(nameof(HasGenericArgument), "HasGenericArgument.Values -> ThingValue, by its Field")]
    [InlineData(nameof(HasParameter), "HasParameter.Take -> ThingValue, by its Signature")]
    [InlineData(nameof(HasResult), "HasResult.get_Value -> ThingValue, by its Signature")]
    [InlineData(nameof(HasDelegate), "HasDelegate.EndInvoke -> ThingValue, by its Signature", "HasDelegate.Invoke -> ThingValue, by its Signature")]
    [InlineData(nameof(HasOverride), "HasOverride.Grow -> Thing.Grow, by its Override")]
    [InlineData(nameof(HasAttribute), "HasAttribute -> ThingAttribute.ctor, by its Attribute")]
    [InlineData(nameof(HasAttributeOfParameter), "HasAttributeOfParameter.Take -> ThingAttribute.ctor, by its Attribute")]
    [InlineData(nameof(HasAttributeOfProperty), "HasAttributeOfProperty.get_Value -> ThingAttribute.ctor, by its Attribute")]
    [InlineData("HasAttributeOfTypeParameter", "HasAttributeOfTypeParameter -> ThingAttribute.ctor, by its Attribute")]
    [InlineData(nameof(HasAttributeArguments), "HasAttributeArguments -> ThingAttribute.ctor, by its Attribute", "HasAttributeArguments -> ThingHandler, by its AttributeArgument", "HasAttributeArguments -> ThingValue, by its AttributeArgument")]
    [InlineData(nameof(HasCall), "HasCall.Run -> Thing.Make, by its Code")]
    [InlineData(nameof(HasTypeof), "HasTypeof.Run -> Thing, by its Code")]
    [InlineData(nameof(HasCast), "HasCast.Run -> ThingHandler, by its Code")]
    [InlineData(nameof(HasLocal), "HasLocal.Run -> ThingValue, by its Code", "HasLocal.Run -> ThingValue, by its Local", "HasLocal.Run -> ThingValue.Size, by its Code")]
    [InlineData(nameof(HasCatch), "HasCatch.Run -> ThingException, by its Catch")]
    [InlineData(nameof(HasGenericCall), "HasGenericCall.Run -> ThingValue, by its Code")]
    [InlineData(nameof(HasFilledType), "HasFilledType.Run -> ThingValue, by its Code")]
    [InlineData(nameof(HasMemberOfFilledType), "HasMemberOfFilledType.Run -> ThingBox, by its Code", "HasMemberOfFilledType.Run -> ThingBox.ctor, by its Code", "HasMemberOfFilledType.Run -> ThingBox.get_Content, by its Code")]
    [InlineData(nameof(HasArray), "HasArray.Run -> ThingValue, by its Code")]
    [InlineData(nameof(HasFunctionPointer), "HasFunctionPointer.Run -> ThingHandler, by its Code")]
    [InlineData(nameof(HasSwitch), "HasSwitch.Run -> Thing.Make, by its Code")]
    [InlineData(nameof(HasLambda), "HasLambda.Run -> Thing.Make, by its Code")]
    [InlineData(nameof(HasClosure), "HasClosure.Run -> Thing.Make, by its Code")]
    [InlineData(nameof(HasAsync), "HasAsync.Run -> Thing.Make, by its Code")]
    [InlineData(nameof(HasIterator), "HasIterator.Run -> Thing.Make, by its Code")]
    public void A_dependency_is_seen(string type, params string[] expected)
    {
        var found = Library.Fixtures.Dependencies.Where(dependency => TypeNames.Written(dependency.From.Type) == $"{typeof(Thing).Namespace}.{type}" && dependency.To.Folder == Below).ToList();

        Assert.All(found, static dependency => Assert.Equal(Above, dependency.From.Folder));
        var texts = found.Select(static dependency => dependency.ToString().Replace($"{typeof(Thing).Namespace}.", "", StringComparison.Ordinal)
            .Replace($" ({Below})", "", StringComparison.Ordinal).Replace($" ({Above})", "", StringComparison.Ordinal));
        // The compiler may keep any value in a local variable besides: it does in Debug.
        Assert.Equal(expected.Order(StringComparer.Ordinal), texts.Where(text => expected.Contains(text) || !text.EndsWith("by its Local", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Thing", null, Below)]
    [InlineData("IThing", null, Below)]
    [InlineData("ThingKind", null, Below)]
    [InlineData("ThingHandler", null, Below)]
    [InlineData("HasField", "Value", Above)]
    [InlineData("Spread", null, Below)]
    [InlineData("Spread", "BelowField", Below)]
    [InlineData("Spread", "BelowMethod", Below)]
    [InlineData("Spread", "AboveField", Above)]
    [InlineData("Spread", "get_AboveProperty", Above)]
    [InlineData("Spread", "AboveMethod", Above)]
    [InlineData("Spread", "AboveAsync", Above)]
    [InlineData("Spread", "AboveIterator", Above)]
    [InlineData("Spread", "AboveLambda", Above)]
    [InlineData("Spread+Nested", null, Above)]
    [InlineData("Spread+WithoutCode", null, null)]
    [InlineData("HasNested+Kind", null, Above)]
    [InlineData("SpreadWithoutFile", null, Above)]
    [InlineData("SpreadWithoutFile", "get_Value", Below)]
    [InlineData("SpreadWithoutFile", "get_More", Above)]
    public void A_type_and_a_member_are_in_the_folder_of_their_source(string type, string? member, string? folder) => Assert.Equal(folder, PlaceOf(type, member).Folder);

    [Fact]
    public void A_lambda_is_in_the_folder_of_its_method()
    {
        var lambda = Assert.Single(Library.Fixtures.Types.SelectMany(static type => type.Members), static place => place.Member!.StartsWith($"<{nameof(Spread.AboveLambda)}>b", StringComparison.Ordinal));

        Assert.Equal(Above, lambda.Folder);
    }

    [Theory]
    [InlineData("Thing", null, true)]
    [InlineData("Thing", "Make", true)]
    [InlineData("Thing", "Shrink", true)]
    [InlineData("Thing+Part", null, true)]
    [InlineData("Thing", "Size", false)]
    [InlineData("Thing", "Grow", false)]
    [InlineData("Thing", "Reset", false)]
    [InlineData("Thing+Secret", null, false)]
    [InlineData("IThing", null, false)]
    [InlineData("Spread", "BelowMethod", false)]
    [InlineData("ThingAttribute", "get_Other", false)]
    public void A_place_is_public_if_users_can_name_it(string type, string? member, bool isPublic) => Assert.Equal(isPublic, PlaceOf(type, member).IsPublic);

    private static Place PlaceOf(string type, string? member)
    {
        var found = Library.Fixtures.Find(("Sluice.Layering.Tests", $"{typeof(Thing).Namespace}.{type}"));
        Assert.NotNull(found);
        return member is null ? found.Place : found.Members.Single(place => place.Member == member);
    }
}
