using Google.Protobuf;
using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>
/// Forged proofs of a real lock. A few of each kind are sent to the running validators; thousands more are held here against the code that the validators
/// run. That a hundred thousand are not believed is shown by the tests of the proofs.
/// </summary>
internal sealed class F9ForgedProofs : RehearsalCase
{
    private const int Mutations = 5_000;

    public override string Number => "F9";

    public override string Name => "proofs that are changed, cut, too long, of another place, and of a failed transaction";

    public override string Wanted => "the chain refuses each by name; none of thousands more is believed";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        var (account, to) = (await world.FundedAsync(2_000).ConfigureAwait(false), PrivateKey.Generate().Address);
        // A lock, and one of somebody without tokens, in one block.
        var call = BridgeContracts.Lock(Amount.FromNtk(5), BridgeContracts.RecipientOf(to));
        var (block, calls) = await world.Site.SendTogetherAsync((world.Site.Holder, call), (world.Site.Stranger, call)).ConfigureAwait(false);
        RehearsalFault.Unless(calls[0].Succeeded && !calls[1].Succeeded, "the first lock is to succeed, the second to fail");
        var nonce = await world.Site.NonceAsync().ConfigureAwait(false);
        await world.Site.FinalizeAsync().ConfigureAwait(false);
        await world.UntilDepositAsync(nonce).ConfigureAwait(false);

        var good = await RehearsalEvidence.OfAsync(world.Ethereum, block, calls[0].Index).ConfigureAwait(false);
        var seen = new List<string>();
        foreach (var (what, forged) in Forged(good, await RehearsalEvidence.OfAsync(world.Ethereum, block, calls[1].Index).ConfigureAwait(false)))
        {
            var outcome = await RehearsalEvidence.OutcomeAsync(world.Nodes[0], account, forged, world.Cancelled).ConfigureAwait(false);
            RehearsalFault.Unless(outcome != "taken", $"{what}: taken");
            seen.Add($"{what}: {outcome}");
        }

        RehearsalFault.Compare(Amount.FromNtk(5), await world.BalanceAsync(to).ConfigureAwait(false), "the account");
        var believed = Believed(good);
        RehearsalFault.Compare(0, believed, "mutated proofs that were believed");
        return $"{string.Join(", ", seen)}; none of {Mutations} mutations believed";
    }

    private static IEnumerable<(string What, BridgeEvidence Evidence)> Forged(BridgeEvidence good, BridgeEvidence ofFailed)
    {
        yield return ("the true one again", good);
        yield return ("one bit", Changed(good, forged => forged.Receipts.Nodes[^1] = Flip(forged.Receipts.Nodes[^1], forged.Receipts.Nodes[^1].Length / 2)));
        yield return ("cut", Changed(good, forged => forged.Receipts.Nodes[^1] = ByteString.CopyFrom(forged.Receipts.Nodes[^1].Span[..^1])));
        yield return ("too long", Changed(good, forged => forged.Receipts.Nodes.Add(ByteString.CopyFrom(new byte[40]))));
        yield return ("another place", Changed(good, forged => forged.Receipts.Indexes[0] += 2));
        yield return ("another header", Changed(good, forged => forged.Header = Flip(forged.Header, forged.Header.Length / 2)));
        yield return ("a failed transaction", ofFailed);
    }

    private static int Believed(BridgeEvidence good)
    {
        var decoded = EthereumHeader.TryDecode(good.Header.Span, out var header, out _);
        Invariant.Check(decoded, "the header was encoded here");
        ReadOnlyMemory<byte>[] nodes = [.. good.Receipts.Nodes.Select(node => node.Memory)];
        RehearsalFault.Unless(ReceiptProof.TryRead(header!.ReceiptsRoot, [good.Receipts.Indexes[0]], nodes, out _, out _), "the true proof is not believed");
        var (stream, believed) = (new SeededStream(9), 0);
        for (var i = 0; i < Mutations; i++)
        {
            var mutated = nodes.ToArray();
            var place = (int)stream.NextBelow((ulong)mutated.Length);
            mutated[place] = stream.NextBelow(4) == 0 ? mutated[place][..(int)stream.NextBelow((ulong)mutated[place].Length)] : Harmed(mutated[place], stream);
            if (ReceiptProof.TryRead(header.ReceiptsRoot, [good.Receipts.Indexes[0]], mutated, out _, out _)) believed++;
        }

        return believed;
    }

    private static byte[] Harmed(ReadOnlyMemory<byte> node, SeededStream stream)
    {
        var bytes = node.ToArray();
        bytes[(int)stream.NextBelow((ulong)bytes.Length)] ^= (byte)(1 + stream.NextBelow(255));
        return bytes;
    }

    private static BridgeEvidence Changed(BridgeEvidence good, Action<BridgeEvidence> change)
    {
        var forged = good.Clone();
        change(forged);
        return forged;
    }

    private static ByteString Flip(ByteString bytes, int place)
    {
        var changed = bytes.ToByteArray();
        changed[place] ^= 1;
        return ByteString.CopyFrom(changed);
    }
}
