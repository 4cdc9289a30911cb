using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>Calldata read back: what a holder checks before he pays gas for it.</summary>
public sealed class VaultCallContentTests
{
    private static readonly VaultAddress Vault = new(31_337, Chain.Address.FromBytes(Enumerable.Repeat((byte)7, 20).ToArray()));

    private readonly SideChain _chain = new(ValidatorKeys.Of(7, 3, i => (ulong)i + 1), VaultWorld.Genesis);

    [Fact]
    public void AReleaseAnOrderAndASetAreReadBackAsTheyWereWritten()
    {
        var withdrawal = new BridgeWithdrawal(Words.Of(9), Vault.Address, Amount.FromNtk(5), 77);
        var action = BridgeAction.SetLimits(Words.Of(1), Amount.FromNtk(1), Amount.FromNtk(2), Amount.FromNtk(3), 88);
        var paid = _chain.Leaves.Append(BridgeLeaf.Release(Vault, withdrawal));
        var ordered = _chain.Leaves.Append(BridgeLeaf.Action(Vault, action));
        var certificate = _chain.Certify();

        var release = Assert.IsType<VaultCallContent.Release>(Read(VaultCalls.Release(certificate, withdrawal, _chain.Leaves.Prove(paid))));
        Assert.Equal(withdrawal, release.Withdrawal);
        AssertProves(release, 0);
        var act = Assert.IsType<VaultCallContent.Act>(Read(VaultCalls.Act(certificate, action, _chain.Leaves.Prove(ordered))));
        Assert.Equal((action.ActionId, action.Kind, action.DeadlineSeconds), (act.Action.ActionId, act.Action.Kind, act.Action.DeadlineSeconds));
        Assert.Equal(action.Arguments.AsSpan(), act.Action.Arguments.AsSpan());
        AssertProves(act, 0);
        var change = _chain.Change(ValidatorKeys.Of(4, 8));
        var follow = Assert.IsType<VaultCallContent.Follow>(Read(change.Follow));
        AssertProves(follow, 1);
        Assert.False(follow.Path.Proves(follow.Certificate.BridgeRoot, follow.LeafFor(Vault, 2)));
    }

    [Fact]
    public void NoOtherBytesAreReadAsTheSameCall()
    {
        var withdrawal = new BridgeWithdrawal(Words.Of(9), Vault.Address, Amount.FromNtk(5), 77);
        var call = VaultCalls.Release(_chain.Certify(), withdrawal, _chain.Leaves.Prove(_chain.Leaves.Append(BridgeLeaf.Release(Vault, withdrawal))));
        var stream = new SeededStream(11);
        for (var i = 0; i < 5_000; i++)
        {
            var harmed = (byte[])call.Clone();
            harmed[(int)stream.NextBelow((ulong)harmed.Length)] ^= (byte)(1 << (int)stream.NextBelow(8));
            if (!VaultCallContent.TryRead(harmed, out var content)) continue;
            var release = Assert.IsType<VaultCallContent.Release>(content);
            Assert.Equal(harmed, VaultCalls.Release(release.Certificate, release.Withdrawal, release.Path));
        }

        for (var length = 0; length < call.Length; length++) Assert.False(VaultCallContent.TryRead(call.AsSpan(0, length), out _));
        Assert.False(VaultCallContent.TryRead([.. call, 0], out _));
        Assert.False(VaultCallContent.TryRead(BridgeContracts.CompleteUnpause(), out _));
    }

    [Fact]
    public void ACertificateIsRefusedForTheVaultsOwnReasons()
    {
        var good = _chain.Certify();
        Assert.Null(good.Fault(VaultWorld.Genesis, out var root));
        Assert.Equal(_chain.Keys.Set.Root, root);
        string? Fault(VaultCertificate certificate) => certificate.Fault(VaultWorld.Genesis, out _);

        Assert.Equal("WrongSignature", good.Fault(new GenesisHash(Words.Of(1)), out _));
        Assert.Equal("WrongSignature", Fault(good with { Height = good.Height + 1 }));
        Assert.Equal("WrongSignature", Fault(good with { BridgeRoot = Words.Of(1) }));
        Assert.Equal("WrongSignature", Fault(good with { Signatures = good.Signatures.SetItem(1, Words.Greatest) }));
        Assert.Equal("PowersMismatch", Fault(good with { Powers = good.Powers[1..] }));
        Assert.Equal("BadValidators", Fault(good with { Validators = [.. good.Validators.Reverse()] }));
        Assert.Equal("BadValidators", Fault(good with { Validators = [], Powers = [] }));
        Assert.Equal("UnknownSigner", Fault(good with { Signers = good.Signers | (UInt128.One << 7) }));
        Assert.Equal("NoBlock", Fault(good with { BlockHash = Hash256.Zero }));
        Assert.Equal("SignatureCount", Fault(good with { Signatures = good.Signatures[2..] }));
        Assert.Equal("NoQuorum", Fault(_chain.Certify(signers: [0, 1, 2, 3, 4])));
    }

    private static VaultCallContent Read(byte[] calldata)
    {
        Assert.True(VaultCallContent.TryRead(calldata, out var content));
        return content;
    }

    private static void AssertProves(VaultCallContent content, ulong set)
    {
        Assert.Null(content.Certificate.Fault(VaultWorld.Genesis, out _));
        Assert.True(content.Path.Proves(content.Certificate.BridgeRoot, content.LeafFor(Vault, set)));
    }
}
