using Google.Protobuf;
using NeuroChain.Bridge;
using NeuroChain.Bridge.Tests;
using NeuroChain.Chain;
using NeuroChain.Node.V1;

namespace NeuroChain.Node.Tests;

/// <summary>A call of the vault against a trusted header: nothing of it is the node's word.</summary>
public sealed class VaultCallCheckTests
{
    private static readonly VaultAddress Vault = new(31_337, Address.FromBytes(Enumerable.Repeat((byte)7, 20).ToArray()));
    private static readonly BridgeWithdrawal Withdrawal = new(Words.Of(9), Address.FromBytes(Enumerable.Repeat((byte)8, 20).ToArray()), Amount.FromNtk(5), 77);

    private readonly SideChain _chain = new(ValidatorKeys.Of(4, 3), new GenesisHash(Words.Of(5)));
    private readonly VaultCallCheck.Wanted _wanted = new(Withdrawal.BurnId, null, null);
    private readonly Header _header;
    private readonly VaultCall _call;

    public VaultCallCheckTests()
    {
        var place = _chain.Leaves.Append(BridgeLeaf.Release(Vault, Withdrawal));
        _header = HeaderOf(6);
        var certificate = VaultCertificate.Of(Certify(_header), _chain.Keys.Set);
        _call = new VaultCall
        {
            Vault = ByteString.CopyFrom(Vault.Address.ToArray()),
            Calldata = ByteString.CopyFrom(VaultCalls.Release(certificate, Withdrawal, _chain.Leaves.Prove(place))),
            Height = 6,
            Leaf = ByteString.CopyFrom(BridgeLeaf.Release(Vault, Withdrawal).ToArray()),
        };
    }

    [Fact]
    public void WhatTheHeaderProvesIsTaken() => Assert.Null(Fault(_call, _header));

    [Fact]
    public void NothingElseIs()
    {
        Assert.Contains("another vault", VaultCallCheck.Fault(_call, _wanted, Vault with { Address = Address.Zero }, _chain.Genesis, _header), StringComparison.Ordinal);
        Assert.Contains("no call of the vault", Fault(With(call => call.Calldata = ByteString.CopyFrom(1, 2, 3)), _header), StringComparison.Ordinal);
        Assert.Contains("something else", VaultCallCheck.Fault(_call, new VaultCallCheck.Wanted(Words.Of(10), null, null), Vault, _chain.Genesis, _header), StringComparison.Ordinal);
        Assert.Contains("something else", VaultCallCheck.Fault(_call, new VaultCallCheck.Wanted(null, 9, null), Vault, _chain.Genesis, _header), StringComparison.Ordinal);
        Assert.Contains("something else", VaultCallCheck.Fault(_call, new VaultCallCheck.Wanted(null, null, 1), Vault, _chain.Genesis, _header), StringComparison.Ordinal);
        Assert.Contains("another block", Fault(_call, HeaderOf(7)), StringComparison.Ordinal);
        Assert.Contains("another block", Fault(_call, _header with { Time = new Timestamp(9) }), StringComparison.Ordinal);
        Assert.Contains("the leaf is", Fault(With(call => call.Leaf = ByteString.CopyFrom(new byte[32])), _header), StringComparison.Ordinal);
        Assert.Contains("WrongSignature", VaultCallCheck.Fault(_call, _wanted, Vault, new GenesisHash(Words.Of(6)), _header), StringComparison.Ordinal);

        // Signed by another set than the header's.
        var strangers = ValidatorKeys.Of(4, 99);
        var digest = new Precommit(_header.Height, new Round(0), _header.Ref).Digest(_chain.Genesis);
        var certificate = new CommitCertificate(_header.Height, new Round(0), _header.Ref, [.. strangers.Keys.Select((key, i) => new IndexedSignature((ushort)i, key.Sign(digest)))]);
        var forged = VaultCalls.Release(VaultCertificate.Of(certificate, strangers.Set), Withdrawal, _chain.Leaves.Prove(0));
        Assert.Contains("another validator set", Fault(With(call => call.Calldata = ByteString.CopyFrom(forged)), _header), StringComparison.Ordinal);

        // More than was burned, and another path.
        var genuine = VaultCertificate.Of(Certify(_header), _chain.Keys.Set);
        var more = Withdrawal with { Amount = Amount.FromNtk(6) };
        var leaf = BridgeLeaf.Release(Vault, more);
        Assert.Contains("the path does not lead", Fault(
            With(call => (call.Calldata, call.Leaf) = (ByteString.CopyFrom(VaultCalls.Release(genuine, more, _chain.Leaves.Prove(0))), ByteString.CopyFrom(leaf.ToArray()))), _header), StringComparison.Ordinal);
    }

    private string? Fault(VaultCall call, Header header) => VaultCallCheck.Fault(call, _wanted, Vault, _chain.Genesis, header);

    private VaultCall With(Action<VaultCall> change)
    {
        var call = _call.Clone();
        change(call);
        return call;
    }

    private CommitCertificate Certify(Header header) => _chain.Commit(header.NextValidatorsRoot, header.BridgeRoot, header.Height.Value, block: header.Hash.Value);

    private Header HeaderOf(ulong height) => new()
    {
        Genesis = _chain.Genesis,
        Height = new Height(height),
        BuiltRound = new Round(0),
        Author = _chain.Keys.Keys[0].Address,
        Time = new Timestamp(1),
        Parent = default,
        LastCommitRoot = default,
        TransactionsRoot = default,
        TrainingProofRoot = default,
        ValidatorsRoot = _chain.Keys.Set.Root,
        NextValidatorsRoot = _chain.Keys.Set.Root,
        StateRoot = default,
        ReceiptsRoot = default,
        EventsRoot = default,
        BridgeRoot = _chain.Leaves.Root,
    };
}
