namespace NeuroChain.Fuzz;

/// <summary>Nobody adds a decoder without being asked here to fuzz it.</summary>
public sealed class DecoderTests
{
    [Fact]
    public void EveryDecoderHasATargetOrAReasonForNone()
    {
        var known = AllTargets.All.SelectMany(target => target.Decoders).Concat(DecoderList.Exempt.Keys).ToHashSet();
        var missing = DecoderList.Find().Where(decoder => !known.Contains(decoder)).ToList();
        Assert.True(missing.Count == 0, $"add to tests/Fuzz/Targets, or with a reason to DecoderList.Exempt: {string.Join(", ", missing)}");
    }

    [Fact]
    public void NothingIsExemptThatIsNotThere() => Assert.Empty(DecoderList.Exempt.Keys.Except(DecoderList.Find()));

    [Fact]
    public void NothingIsExemptThatHasATarget() => Assert.Empty(DecoderList.Exempt.Keys.Intersect(AllTargets.All.SelectMany(target => target.Decoders)));

    [Fact]
    public void NoTargetNamesADecoderThatIsNotThere() => Assert.All(AllTargets.All.SelectMany(target => target.Decoders), decoder => Assert.True(DecoderList.IsThere(decoder), decoder));

    [Fact]
    public void EveryTargetHasANameOfItsOwn() => Assert.Distinct(AllTargets.All.Select(target => target.Name));
}
