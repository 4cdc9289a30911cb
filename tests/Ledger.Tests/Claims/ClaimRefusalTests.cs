using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>Every reason why a claim does not count, provoked once and exactly: failure case F22 among them.</summary>
public sealed class ClaimRefusalTests
{
    private static readonly PrivateKey Holder = ClaimsWorld.Keys[3];

    private static readonly PrivateKey Other = ClaimsWorld.Keys[4];

    private static readonly Dictionary<TransactionRejection, Func<TransactionRejection>> Provocations = new()
    {
        [TransactionRejection.ClaimsMissing] = () => new ClaimsWorld(new LedgerFixture()) is var native ? native.Chain.OutcomeOf(native.Claim(Holder)) : default,
        [TransactionRejection.ClaimForOtherChain] = () => Of(w => w.Send(w.ClaimOf(Holder) with { Chain = new GenesisHash(Hash256.Sha256([1])) }, Holder)),
        [TransactionRejection.ClaimsClosed] = () => Of(w => w.Close(), w => w.Claim(Holder)),
        [TransactionRejection.ClaimExpired] = () => Of(w => w.Send(w.ClaimOf(Holder) with { ValidUntil = (w.Chain.State.Time.Milliseconds / 1_000) - 1 }, Holder)),
        [TransactionRejection.ClaimRecipientZero] = () => Of(w => w.Claim(Holder, Address.Zero)),
        [TransactionRejection.ClaimUsed] = () => Of(w => w.Chain.Step(w.Claim(Holder)), w => w.Claim(Holder, Other.Address, ClaimForm.Text)),
        [TransactionRejection.ClaimInnerNode] = InnerNode,
        [TransactionRejection.ClaimNotInSnapshot] = () => Of(w => w.Send(w.ClaimOf(Holder) with { Amount = ClaimsWorld.AmountOf(Other) }, Holder, change: m => m.Path.AddRange(PathOf(Holder)))),
        [TransactionRejection.ClaimAbovePot] = () => ClaimsWorld.Sponsored().Claims is var w ? w.Chain.OutcomeOf(w.Claim(Holder)) : default,
        [TransactionRejection.ClaimAboveTotal] = () => ClaimsWorld.Exclusive(genesis => genesis with { Claims = genesis.Claims! with { Total = Amount.FromNtk(2) } }) is var w ? w.Chain.OutcomeOf(w.Claim(Holder)) : default,
        [TransactionRejection.ClosingNotLater] = () => Of(w => w.Chain.Propose(w.Chain.ValidatorKeys[0], w.Extend(GenesisClaims.ClosingHeightMin))),
    };

    public static IEnumerable<TransactionRejection> Reasons => Provocations.Keys;

    public static TheoryData<TransactionRejection> All => [.. Provocations.Keys];

    [Theory]
    [MemberData(nameof(All))]
    public void ItIsProvokedExactly(TransactionRejection reason) => Assert.Equal(reason, Provocations[reason]());

    [Fact]
    public void F22_ALeafIsClaimedOnceWhateverIsSigned()
    {
        var world = ClaimsWorld.Exclusive();
        world.Chain.Step(world.Claim(Holder));
        Assert.Equal(TransactionRejection.ClaimUsed, world.Chain.OutcomeOf(world.Claim(Holder)));
        Assert.Equal(TransactionRejection.ClaimUsed, world.Chain.OutcomeOf(world.Claim(Holder, Other.Address)));
        Assert.Equal(TransactionRejection.ClaimUsed, world.Chain.OutcomeOf(world.Claim(Holder, form: ClaimForm.Text)));

        // Nor twice in one block.
        var built = world.Chain.Build(world.Claim(Other), world.Claim(Other, Holder.Address));
        Assert.Single(built.Transactions);
        Assert.Equal(BlockFault.TransactionNotExecutable, world.Chain.FaultOf(world.Chain.BlockWith(world.Claim(Other), world.Claim(Other, Holder.Address))));
    }

    [Theory]
    [InlineData(ClaimForm.Typed)]
    [InlineData(ClaimForm.Text)]
    public void F22_AnothersSignatureIsRefused(ClaimForm form)
    {
        var world = ClaimsWorld.Exclusive();
        Assert.Equal(TransactionFault.WrongClaimSigner, world.FaultOf(world.ClaimOf(Holder), Other, form));
        // Whoever brings a claim cannot change a word of it.
        Action<ClaimSnapshot>[] changes =
        [
            m => m.Recipient = LedgerFixture.Bytes(Other.Address), m => m.Holder = LedgerFixture.Bytes(Other.Address), m => m.Amount = LedgerFixture.Bytes(Amount.FromNtk(1)),
            m => m.ValidUntil--, m => m.Form = 3 - m.Form, m => m.Signature = Flipped(m.Signature, 5), m => m.Signature = Flipped(m.Signature, 40),
        ];
        foreach (var change in changes) Assert.Equal(TransactionFault.WrongClaimSigner, world.FaultOf(world.ClaimOf(Holder), Holder, form, change));
        Assert.Equal(TransactionFault.None, world.FaultOf(world.ClaimOf(Holder), Holder, form));

        // The other signature that the curve would take for the same key, and none at all.
        Assert.Equal(TransactionFault.MalformedClaimSignature, world.FaultOf(world.ClaimOf(Holder), Holder, form, m => m.Signature = HighS(m.Signature)));
        Assert.Equal(TransactionFault.MalformedClaimSignature, world.FaultOf(world.ClaimOf(Holder), Holder, form, m => m.Signature = ByteString.CopyFrom(new byte[64])));
    }

    [Theory]
    [InlineData(ClaimForm.Typed)]
    [InlineData(ClaimForm.Text)]
    public void F22_AnotherChainsSignatureIsRefused(ClaimForm form)
    {
        var world = ClaimsWorld.Exclusive();
        var elsewhere = world.ClaimOf(Holder) with { Chain = new GenesisHash(Hash256.Sha256("another chain"u8)) };
        Assert.Equal(TransactionRejection.ClaimForOtherChain, world.Chain.OutcomeOf(world.Send(elsewhere, Holder, form)));
        // Said to be for this one, it is nobody's.
        Assert.Equal(TransactionFault.WrongClaimSigner, world.FaultOf(elsewhere, Holder, form, m => m.Chain = TrainingWorld.Bytes(world.Chain.GenesisHash.Value)));
        // The same of another network's wallets; the text names none.
        var network = world.ClaimOf(Holder) with { EthereumChainId = 5 };
        Assert.Equal(TransactionRejection.ClaimForOtherChain, world.Chain.OutcomeOf(world.Send(network, Holder, form)));
        Assert.Equal(form == ClaimForm.Typed ? TransactionFault.WrongClaimSigner : TransactionFault.None, world.FaultOf(network, Holder, form, m => m.EthereumChainId = 1));
    }

    /// <summary>An inner node's 64 bytes read as a holder and an amount: the tree's root above it is right, and the claim is none.</summary>
    [Fact]
    public void F22_AnInnerNodeOf64BytesIsNoLeaf()
    {
        Assert.Equal(TransactionRejection.ClaimInnerNode, InnerNode());
        var (left, right) = (ClaimLeaf.Hash(Holder.Address, new Amount(1)), ClaimLeaf.Hash(Other.Address, new Amount(2)));
        Assert.NotEqual(ClaimLeaf.Node(left, right), ClaimLeaf.Hash(Holder.Address, new Amount(1)));
        Assert.False(ClaimLeaf.Leads(ClaimLeaf.Hash(Holder.Address, new Amount(1)), [], ClaimLeaf.Once(Holder.Address, new Amount(1))));
    }

    [Fact]
    public void F22_APathThatIsShortenedLengthenedOrMixedUpLeadsNowhere()
    {
        var world = ClaimsWorld.Exclusive();
        Action<ClaimSnapshot>[] changes =
        [
            m => m.Path.Clear(), m => m.Path.RemoveAt(0), m => m.Path.RemoveAt(m.Path.Count - 1), m => m.Path.Add(m.Path[0]), m => m.Path.Insert(0, m.Path[0]),
            m => (m.Path[0], m.Path[1]) = (m.Path[1], m.Path[0]), m => m.Path[2] = Flipped(m.Path[2], 31),
        ];
        foreach (var change in changes) Assert.Equal(TransactionRejection.ClaimNotInSnapshot, world.Chain.OutcomeOf(world.Send(world.ClaimOf(Holder), Holder, change: change)));
        foreach (var amount in new[] { Amount.Zero, new Amount(1), new Amount(UInt128.MaxValue) })
            Assert.Equal(TransactionRejection.ClaimNotInSnapshot, world.Chain.OutcomeOf(world.Send(world.ClaimOf(Holder) with { Amount = amount }, Holder, change: m => m.Path.AddRange(PathOf(Holder)))));
    }

    [Fact]
    public void AClaimThatDoesNotCountIsInNoBlock()
    {
        var world = ClaimsWorld.Exclusive();
        var wrong = world.Send(world.ClaimOf(Holder), Holder, change: m => m.Path.Clear());
        Assert.Equal(BlockFault.TransactionNotExecutable, world.Chain.FaultOf(world.Chain.BlockWith(wrong)));
        Assert.Equal(MempoolRejection.ClaimRefused, new Mempool().TryAdd(wrong, world.Chain.State));
    }

    // A tree whose only node below the root is, by its 64 bytes, a holder with an amount: as if two hashes had come out so.
    private static TransactionRejection InnerNode()
    {
        var world = ClaimsWorld.Exclusive(genesis => genesis with
        {
            Claims = genesis.Claims! with { Root = ClaimLeaf.Node(ClaimLeaf.Once(Holder.Address, ClaimsWorld.AmountOf(Holder)), Hash256.Sha256([7])) },
        });
        return world.Chain.OutcomeOf(world.Send(world.ClaimOf(Holder), Holder, change: m =>
        {
            m.Path.Clear();
            m.Path.Add(TrainingWorld.Bytes(Hash256.Sha256([7])));
        }));
    }

    private static IEnumerable<ByteString> PathOf(PrivateKey holder) => ClaimsWorld.Tree.Prove(holder.Address, ClaimsWorld.AmountOf(holder))!.Value.Select(TrainingWorld.Bytes);

    private static ByteString Flipped(ByteString bytes, int place)
    {
        var changed = bytes.ToByteArray();
        changed[place] ^= 1;
        return ByteString.CopyFrom(changed);
    }

    // The other signature that a curve takes: the order less s.
    private static ByteString HighS(ByteString signature)
    {
        var order = System.Numerics.BigInteger.Parse("0FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141", System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture);
        var s = new System.Numerics.BigInteger(signature.Span[32..], isUnsigned: true, isBigEndian: true);
        return ByteString.CopyFrom([.. signature.Span[..32], .. (order - s).ToByteArray(isUnsigned: true, isBigEndian: true)]);
    }

    private static TransactionRejection Of(Func<ClaimsWorld, Transaction> make) => Of(_ => { }, make);

    private static TransactionRejection Of(Action<ClaimsWorld> before, Func<ClaimsWorld, Transaction> make)
    {
        var world = ClaimsWorld.Exclusive();
        before(world);
        return world.Chain.OutcomeOf(make(world));
    }
}
