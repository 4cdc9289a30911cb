using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.P2P;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>Holders of a snapshot, and others who would be: beside a vault their claims are paid from a pot that a lock fills.</summary>
internal sealed class F22Claims : RehearsalCase
{
    public override string Number => "F22";

    public override string Name => "claims: one leaf twice, a wrong signer, another chain's signature, an inner node as a leaf";

    public override string Wanted => "each refused by name by all four; the holder's own paid once, and nothing before the pot is filled";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        var (claims, genesis, recipient) = (world.Claims, world.Genesis, PrivateKey.Generate().Address);
        ClaimSnapshot Signed(int holder, PrivateKey? signer = null, ClaimForm form = ClaimForm.Typed, Func<SnapshotClaim, SnapshotClaim>? signs = null) =>
            claims.Message((signs ?? (claim => claim))(claims.ClaimOf(genesis, holder, recipient)), holder, signer ?? claims.KeyOf(holder), form);

        var seen = new List<string> { await RefusedAsync(world, "before the pot is filled", Signed(0), "ClaimAbovePot").ConfigureAwait(false) };
        var paid = RehearsalClaims.AmountOf(0) + RehearsalClaims.AmountOf(1);
        var nonce = await world.Site.LockAsync(paid, ClaimsPot.Recipient).ConfigureAwait(false);
        await world.Site.FinalizeAsync().ConfigureAwait(false);
        await world.UntilDepositAsync(nonce).ConfigureAwait(false);

        var stranger = PrivateKey.Generate();
        var elsewhere = new GenesisHash(Hash256.Sha256("another chain"u8));
        var asOfHere = Signed(0, signs: claim => claim with { Chain = elsewhere });
        asOfHere.Chain = genesis.Hash.Value.ToByteString();
        seen.Add(await RefusedAsync(world, "a wrong signer", Signed(0, stranger), "WrongClaimSigner").ConfigureAwait(false));
        seen.Add(await RefusedAsync(world, "another chain's", Signed(0, signs: claim => claim with { Chain = elsewhere }), "ClaimForOtherChain").ConfigureAwait(false));
        seen.Add(await RefusedAsync(world, "the same as this chain's", asOfHere, "WrongClaimSigner").ConfigureAwait(false));
        seen.Add(await RefusedAsync(world, "another Ethereum's", Signed(0, signs: claim => claim with { EthereumChainId = claim.EthereumChainId + 1 }), "ClaimForOtherChain").ConfigureAwait(false));
        seen.Add(await RefusedAsync(world, "an inner node", claims.InnerNode(genesis, recipient), "ClaimInnerNode").ConfigureAwait(false));
        seen.Add(await RefusedAsync(world, "more than the leaf", Signed(0, signs: claim => claim with { Amount = claim.Amount + new Amount(1) }), "ClaimNotInSnapshot").ConfigureAwait(false));

        await ClaimAsync(world, Signed(0)).ConfigureAwait(false);
        await ClaimAsync(world, Signed(1, form: ClaimForm.Text)).ConfigureAwait(false);
        RehearsalFault.Compare(paid, await world.BalanceAsync(recipient).ConfigureAwait(false), "the recipient");
        seen.Add(await RefusedAsync(world, "the leaf again", Signed(0, form: ClaimForm.Text), "ClaimUsed").ConfigureAwait(false));
        seen.Add(await RefusedAsync(world, "with the pot empty", Signed(2), "ClaimAbovePot").ConfigureAwait(false));
        return $"{string.Join(", ", seen)}; two holders paid {paid} NTK once each, out of lock {nonce}";
    }

    // Whoever sends a claim says nothing by it: any key will do. Put together by hand, since this program makes none that is not well-formed.
    private static byte[] Envelope(RehearsalWorld world, ClaimSnapshot claim)
    {
        var sender = PrivateKey.Generate();
        var body = new TransactionBody { Genesis = world.Genesis.Hash.Value.ToByteString(), Sender = sender.Address.ToByteString(), ClaimSnapshot = claim };
        var signature = sender.Sign(Transaction.DigestOf(body)).WithoutRecoveryId;
        return new TransactionEnvelope { Body = body.ToByteString(), Signature = ByteString.CopyFrom(signature.Bytes) }.ToByteArray();
    }

    private static async Task ClaimAsync(RehearsalWorld world, ClaimSnapshot claim)
    {
        var node = world.Nodes[0];
        var taken = await node.Client.SubmitAsync(Envelope(world, claim), world.Cancelled).ConfigureAwait(false);
        var hash = new TransactionHash(Hash256.FromBytes(taken.Hash.Span));
        var placed = await node.Client.WaitAsync(hash, RehearsalWorld.Patience, world.Cancelled).ConfigureAwait(false);
        if (placed.Code != 0) throw new RehearsalFault($"refused in block {placed.Height}: {placed.Reason}");
        // The others may be a block behind, and are asked for refusals that follow from this one.
        foreach (var other in world.Nodes)
            await world.UntilAsync(async () => await other.HeightAsync().ConfigureAwait(false) > placed.Height, $"{other.Name} has the claim of block {placed.Height}").ConfigureAwait(false);
    }

    private static async Task<string> RefusedAsync(RehearsalWorld world, string what, ClaimSnapshot claim, string wanted)
    {
        foreach (var node in world.Nodes)
        {
            try
            {
                await node.Client.SubmitAsync(Envelope(world, claim), world.Cancelled).ConfigureAwait(false);
            }
            catch (RpcException refused) when (refused.Status.Message.Contains(wanted, StringComparison.Ordinal))
            {
                continue;
            }
            catch (RpcException refused)
            {
                throw new RehearsalFault($"{what}: refused by {node.Name} as {refused.Status.Message}, wanted {wanted}", refused);
            }

            throw new RehearsalFault($"{what}: {node.Name} took the claim");
        }

        return $"{what}: {wanted}";
    }
}
