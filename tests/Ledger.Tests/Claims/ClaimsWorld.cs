using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>A snapshot with holders whose keys are known, and claims of it: right ones, and with whatever a test changes.</summary>
internal sealed class ClaimsWorld
{
    private const int Holders = 40;

    private static readonly (PrivateKey Key, Amount Amount)[] Held = [.. Enumerable.Range(0, Holders).Select(i => (LedgerFixture.Key(8_000 + i), Amount.FromNtk(1 + ((ulong)i * 7))))];

    public static readonly ClaimTree Tree = ClaimTree.Of(Held.Select(held => (held.Key.Address, held.Amount)));

    public static readonly Amount Total = Held.Aggregate(Amount.Zero, (sum, held) => sum + held.Amount);

    public static readonly GenesisClaims Snapshot = new(
        BridgeWorld.Bridge.EthereumChainId, BridgeWorld.Bridge.Token, 900, Hash256.Sha256([9]), Tree.Root, Total, Amount.FromNtk(50), GenesisClaims.ClosingHeightMin);

    public ClaimsWorld(LedgerFixture chain) => Chain = chain;

    public LedgerFixture Chain { get; }

    /// <summary>Who has not claimed by the tests' own account.</summary>
    public static IReadOnlyList<PrivateKey> Keys { get; } = [.. Held.Select(held => held.Key)];

    public ClaimsStatus Status => ClaimsStatus.Get(Chain.State)!.Value;

    /// <summary>A chain without a vault: every NTK but the reserve is made by a claim.</summary>
    public static ClaimsWorld Exclusive(Func<GenesisDocument, GenesisDocument>? configure = null)
    {
        GenesisDocument Configured(GenesisDocument genesis) => LedgerFixture.Fast(genesis) with
        {
            SupplyMode = GenesisDocument.ClaimedSupply,
            Allocations = [],
            RewardReserve = Amount.FromNtk(1_000),
            Claims = Snapshot,
        };
        return new ClaimsWorld(new LedgerFixture(genesis => configure is null ? Configured(genesis) : configure(Configured(genesis))));
    }

    /// <summary>A bridged chain whose claims are paid from a pot.</summary>
    public static (ClaimsWorld Claims, BridgeWorld Bridge) Sponsored()
    {
        var bridge = new BridgeWorld(genesis => genesis with { Claims = Snapshot });
        return (new ClaimsWorld(bridge.Chain), bridge);
    }

    public static Amount AmountOf(PrivateKey holder) => Held.Single(held => held.Key == holder).Amount;

    /// <summary>What a holder signs: for an account of its own choice, up to the end of time.</summary>
    public SnapshotClaim ClaimOf(PrivateKey holder, Address? recipient = null) =>
        new(Chain.GenesisHash, Snapshot.EthereumChainId, holder.Address, AmountOf(holder), recipient ?? holder.Address, SnapshotClaim.ValidUntilMax);

    public Transaction Claim(PrivateKey holder, Address? recipient = null, ClaimForm form = ClaimForm.Typed) => Send(ClaimOf(holder, recipient), holder, form);

    /// <summary>A claim that its holder signed; what is changed then is nothing that was signed.</summary>
    public Transaction Send(SnapshotClaim claim, PrivateKey holder, ClaimForm form = ClaimForm.Typed, Action<ClaimSnapshot>? change = null) =>
        Chain.Protocol(LedgerFixture.Key(77), Body(claim, holder, form, change));

    /// <summary>Why a claim, perhaps signed by another or changed after it was signed, is no transaction; none where it is one.</summary>
    public TransactionFault FaultOf(SnapshotClaim claim, PrivateKey signer, ClaimForm form = ClaimForm.Typed, Action<ClaimSnapshot>? change = null)
    {
        var (body, sender) = (Body(claim, signer, form, change), LedgerFixture.Key(77));
        (body.Genesis, body.Sender) = (TrainingWorld.Bytes(Chain.GenesisHash.Value), LedgerFixture.Bytes(sender.Address));
        var envelope = new TransactionEnvelope { Body = body.ToByteString(), Signature = ByteString.CopyFrom(sender.Sign(Transaction.DigestOf(body)).WithoutRecoveryId.Bytes) };
        Assert.Equal(Transaction.TryDecode(envelope.ToByteArray(), Chain.GenesisHash, out _, out var fault), fault == TransactionFault.None);
        return fault;
    }

    private static TransactionBody Body(SnapshotClaim claim, PrivateKey signer, ClaimForm form, Action<ClaimSnapshot>? change)
    {
        var message = new ClaimSnapshot
        {
            Chain = TrainingWorld.Bytes(claim.Chain.Value),
            EthereumChainId = claim.EthereumChainId,
            Holder = LedgerFixture.Bytes(claim.Holder),
            Amount = LedgerFixture.Bytes(claim.Amount),
            Recipient = LedgerFixture.Bytes(claim.Recipient),
            ValidUntil = claim.ValidUntil,
            Form = (uint)form,
            Signature = ByteString.CopyFrom(signer.Sign(claim.Digest(form)).WithoutRecoveryId.Bytes),
        };
        if (Tree.Prove(claim.Holder, claim.Amount) is { } path) message.Path.AddRange(path.Select(TrainingWorld.Bytes));
        change?.Invoke(message);
        return new TransactionBody { ClaimSnapshot = message };
    }

    public GovernanceAction Extend(ulong height) => new() { ExtendClaims = new ExtendClaims { ClosingHeight = height } };

    /// <summary>As after so many blocks that claims close before the next one.</summary>
    public void Close() => Chain.State = Chain.State.With(state => (ClaimsStatus.Get(state)!.Value with { ClosingHeight = Chain.State.Height }).Store(state));
}
