namespace NeuroChain.Gallery.Tests;

/// <summary>
/// Every attack of the gallery against networks of four and of seven: it would pay without the defence, and does not with it. What the chain answers
/// by name stands in the attacks themselves, which fail where it answers otherwise.
/// </summary>
public sealed class AttackTests(ITestOutputHelper output, AttackOutcomes outcomes) : IClassFixture<AttackOutcomes>
{
    public static TheoryData<string, int> All
    {
        get
        {
            var all = new TheoryData<string, int>();
            foreach (var attack in AllAttacks.Of())
                foreach (var validators in AllAttacks.Networks)
                    all.Add(attack.Name, validators);
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void AnAttackGainsNoMoreThanTheProtocolAllows(string name, int validators)
    {
        var outcome = outcomes.Of(name, validators);
        output.WriteLine($"{outcome.Attack} against {outcome.Validators}: {outcome.Defended:F3} {outcome.Unit}, without the defence {outcome.Undefended:F3}, at most {outcome.Bound:F3}");
        Assert.True(outcome.Defended <= outcome.Bound, outcome.ToString());
        Assert.True(outcome.Undefended > outcome.Bound, $"it is no attack: {outcome}");
    }

    /// <summary>The committed page is what these very runs give: where they change on purpose, ./neurochain gallery --to docs/results/gallery.md writes it again.</summary>
    [Fact]
    public void ThePageSaysWhatTheRunsGive()
    {
        var all = AllAttacks.Of().SelectMany(attack => AllAttacks.Networks.Select(validators => outcomes.Of(attack.Name, validators)));
        Assert.Equal(File.ReadAllText(Path.Combine(Repository.Root, "docs", "results", "gallery.md")), GalleryPage.Markdown([.. all]));
    }

    [Fact]
    public void EveryAttackHasANameOfItsOwn() => Assert.Distinct(AllAttacks.Of().Select(attack => attack.Name));
}
