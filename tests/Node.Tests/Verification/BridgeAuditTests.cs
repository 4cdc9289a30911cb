using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Ledger.Tests;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

/// <summary>What one chain says and the other does not is found, whichever of them was told something else.</summary>
public sealed class BridgeAuditTests
{
    private static readonly Address Alice = AddressOf(1), Bob = AddressOf(2);

    private static readonly Hash256 BurnId = Hash256.Sha256([7]);

    private readonly FakeEthereum _ethereum = new(new GenesisBridge(1, AddressOf(8), AddressOf(9), 1));
    private readonly List<Event> _events = [];

    /// <summary>Two locks, one of which nobody is named in; a burn that was released, and one that came back.</summary>
    public BridgeAuditTests()
    {
        _ethereum.Deploy(Hash256.Sha256([1]), Hash256.Sha256([2]));
        _ethereum.Lock(Bob, FakeEthereum.Word(Alice), Amount.FromNtk(100));
        _ethereum.Lock(Bob, Hash256.Sha256([3]), Amount.FromNtk(10));
        _ethereum.Release(BurnId, Bob, Amount.FromNtk(30));
        Say("bridge.locked", ("nonce", "2"), ("sender", $"{Bob}"), ("recipient", $"{FakeEthereum.Word(Alice)}"), ("amount", "100"));
        Say("bridge.credited", ("nonce", "2"), ("sender", $"{Bob}"), ("to", $"{Alice}"), ("amount", "100"));
        Say("bridge.locked", ("nonce", "3"), ("sender", $"{Bob}"), ("recipient", $"{Hash256.Sha256([3])}"), ("amount", "10"));
        Say("bridge.quarantined", ("nonce", "3"), ("sender", $"{Bob}"), ("recipient", $"{Hash256.Sha256([3])}"), ("amount", "10"));
        Say("bridge.withdrawal", ("burn_id", $"{BurnId}"), ("sender", $"{Alice}"), ("to", $"{Bob}"), ("amount", "30"), ("held_until", "5"));
        Say("bridge.released", ("burn_id", $"{BurnId}"), ("to", $"{Bob}"), ("amount", "30"));
        Say("bridge.withdrawal", ("burn_id", $"{Hash256.Sha256([8])}"), ("sender", $"{Alice}"), ("to", $"{Bob}"), ("amount", "5"), ("held_until", "6"));
        Say("bridge.refunded", ("burn_id", $"{Hash256.Sha256([8])}"), ("to", $"{Alice}"), ("amount", "5"), ("cause", "deadline"));
    }

    [Fact]
    public void TwoChainsThatTellTheSameHaveNoFinding()
    {
        var report = Audit();
        Assert.Empty(report.Findings);
        Assert.Equal((4UL, Amount.FromNtk(110), Amount.FromNtk(110), Amount.Zero), (report.Events, report.Locked, report.Credited, report.Waiting));
        Assert.Equal((Amount.FromNtk(35), Amount.FromNtk(30), Amount.FromNtk(5), Amount.Zero), (report.Burned, report.Released, report.Refunded, report.Open));
    }

    [Theory]
    [InlineData(1, "amount", "101", "FalseCredit")]
    [InlineData(1, "to", "0x0200000000000000000000000000000000000000", "FalseCredit")] // to somebody else
    [InlineData(1, "nonce", "3", "FalseCredit")] // of a lock that came later
    [InlineData(0, "amount", "99", "EventDiffers")]
    [InlineData(0, "nonce", "9", "FalseCredit")] // which the vault does not have
    [InlineData(4, "amount", "29", "FalseRelease")]
    [InlineData(4, "to", "0x0100000000000000000000000000000000000000", "FalseRelease")]
    [InlineData(5, "burn_id", "0x0000000000000000000000000000000000000000000000000000000000000009", "FalseRelease")]
    [InlineData(7, "amount", "6", "FalseCredit")]
    [InlineData(7, "burn_id", "0x0000000000000000000000000000000000000000000000000000000000000009", "FalseCredit")]
    public void WhatThisChainToldOtherwiseIsFound(int place, string key, string value, string kind)
    {
        _events[place].Attributes.Single(attribute => attribute.Key == key).Value = value;
        Assert.Contains(Audit().Findings, finding => finding.Kind.ToString() == kind);
    }

    [Theory]
    [InlineData(1, "FalseCredit")] // credited twice
    [InlineData(5, "FalseRelease")] // released twice
    [InlineData(7, "FalseCredit")] // refunded twice
    public void WhatHappenedTwiceIsFound(int place, string kind)
    {
        _events.Add(_events[place].Clone());
        Assert.Contains(Audit().Findings, finding => finding.Kind.ToString() == kind);
    }

    [Theory]
    [InlineData(0, "EventDiffers")] // past a lock that was never taken
    [InlineData(5, "FalseRelease")] // the vault paid, and nobody knows here
    public void WhatThisChainLeftOutIsFound(int place, string kind)
    {
        _events.RemoveAt(place);
        Assert.Contains(Audit().Findings, finding => finding.Kind.ToString() == kind);
    }

    [Fact]
    public void AnEventOfTheVaultThatIsMissingOrAnotherIsFound()
    {
        _ethereum.History.RemoveAt(2);
        Assert.Contains(Audit().Findings, finding => finding.Kind == BridgeFindingKind.EventMissing);
    }

    /// <summary>A chain with a snapshot beside its vault: a lock for the pot, a part of which the pot has no use for, and a claim.</summary>
    [Fact]
    public void ALockForThePotAndTheClaimsOutOfItAddUp()
    {
        Sponsor();
        var report = Audit(Sponsored(), Claims());
        Assert.Empty(report.Findings);
        Assert.Equal((Amount.FromNtk(190), Amount.FromNtk(190)), (report.Locked, report.Credited));
        Assert.Equal((Amount.FromNtk(60), Amount.FromNtk(25), Amount.FromNtk(35)), (report.Funded, report.Claimed, report.Pot));
    }

    [Theory]
    [InlineData(1, "amount", "81", "FalseCredit")] // more than was locked
    [InlineData(1, "amount", "59", "SumDiffers")] // the pot has less than the state says
    [InlineData(1, "nonce", "2", "FalseCredit")] // out of a lock for somebody else
    [InlineData(1, "nonce", "9", "FalseCredit")] // out of no lock
    [InlineData(3, "amount", "26", "SumDiffers")]
    [InlineData(3, "amount", "61", "FalseClaim")] // more than came
    public void AForgedFigureOfTheClaimsIsFound(int place, string key, string value, string kind)
    {
        var before = _events.Count;
        Sponsor();
        _events[before + place].Attributes.Single(attribute => attribute.Key == key).Value = value;
        Assert.Contains(Audit(Sponsored(), Claims()).Findings, finding => finding.Kind.ToString() == kind);
    }

    [Fact]
    public void AClaimThatIsPaidTwiceIsFound()
    {
        Sponsor();
        _events.Add(_events[^1].Clone());
        var claims = Claims() with { Claimed = Amount.FromNtk(50), Pot = Amount.FromNtk(10) };
        Assert.Equal(BridgeFindingKind.FalseClaim, Assert.Single(Audit(Sponsored(), claims).Findings).Kind);
    }

    [Fact]
    public void SumsOfTheClaimsAreHeldAgainstTheEvents()
    {
        Sponsor();
        var wrong = Claims() with { Claimed = Amount.FromNtk(24), Pot = Amount.FromNtk(36) };
        Assert.Equal(["claimed", "pot"], Audit(Sponsored(), wrong).Findings.Select(finding => finding.Detail.Split(':')[0]));
        Assert.Equal(["claimed", "pot"], Audit(Sponsored()).Findings.Select(finding => finding.Detail.Split(':')[0])); // no snapshot, and claims all the same
    }

    /// <summary>What the vault has paid and this chain has not read yet must be open here.</summary>
    [Fact]
    public void AReleaseBeyondTheCursorIsHeldAgainstWhatIsOpen()
    {
        _ethereum.Release(Hash256.Sha256([8]), Bob, Amount.FromNtk(5)); // it came back, and was paid all the same
        var finding = Assert.Single(Audit(Status() with { Nonce = 4, EventChain = ChainAfter(4) }).Findings);
        Assert.Equal(BridgeFindingKind.FalseRelease, finding.Kind);
    }

    [Fact]
    public void SumsOfTheStateAreHeldAgainstTheEvents()
    {
        var names = new[] { "locked", "waiting", "released", "open" };
        var wrong = Status();
        wrong = wrong with { Locked = wrong.Locked + new Amount(1), Pending = new Amount(1), Released = Amount.Zero, Open = new Amount(1) };
        Assert.Equal(names, Audit(wrong).Findings.Where(finding => finding.Kind == BridgeFindingKind.SumDiffers).Select(finding => finding.Detail.Split(':')[0]));
        Assert.Contains(Audit(Status() with { EventChain = Hash256.Sha256([4]) }).Findings, finding => finding.Kind == BridgeFindingKind.EventDiffers);
        Assert.Contains(Audit(Status() with { Nonce = 5 }).Findings, finding => finding.Kind == BridgeFindingKind.EventMissing);
    }

    // Lock 5, of 80 NTK: 60 to the pot, which has no use for more, and 20 in quarantine.
    private void Sponsor()
    {
        _ethereum.Lock(Bob, ClaimsPot.Recipient, Amount.FromNtk(80));
        Say("bridge.locked", ("nonce", "5"), ("sender", $"{Bob}"), ("recipient", $"{ClaimsPot.Recipient}"), ("amount", "80"));
        Say("claims.funded", ("nonce", "5"), ("sender", $"{Bob}"), ("amount", "60"));
        Say("bridge.quarantined", ("nonce", "5"), ("sender", $"{Bob}"), ("recipient", $"{ClaimsPot.Recipient}"), ("amount", "20"));
        Say("claims.claimed", ("holder", $"{Alice}"), ("recipient", $"{Bob}"), ("amount", "25"));
    }

    private BridgeStatus Sponsored() => Status() with { Nonce = 5, EventChain = ChainAfter(5), Locked = Amount.FromNtk(190) };

    private static ClaimsStatus Claims() => new(Amount.FromNtk(25), Amount.FromNtk(35), 1, new Height(GenesisClaims.ClosingHeightMin));

    private BridgeAuditReport Audit(BridgeStatus? status = null, ClaimsStatus? claims = null)
    {
        var audit = new BridgeAudit();
        foreach (var log in _ethereum.History) audit.Take(log);
        foreach (var happened in _events) audit.Take(Height.First, happened);
        return audit.Close(status ?? Status(), claims);
    }

    private BridgeStatus Status() => new()
    {
        Nonce = 4,
        EventChain = ChainAfter(4),
        Locked = Amount.FromNtk(110),
        Released = Amount.FromNtk(30),
    };

    private Hash256 ChainAfter(int events) => _ethereum.History.Take(events).Aggregate(Hash256.Zero, VaultNotice.Fold);

    private void Say(string kind, params (string Key, string Value)[] attributes)
    {
        var happened = new Event { Kind = kind };
        happened.Attributes.AddRange(attributes.Select(attribute => new EventAttribute { Key = attribute.Key, Value = attribute.Value.ToLower(CultureInfo.InvariantCulture) }));
        _events.Add(happened);
    }

    private static Address AddressOf(byte number) => Address.FromBytes([number, .. new byte[Address.Size - 1]]);
}
