using System.Collections.Immutable;
using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>A certificate is whole or nothing. Each is held against the running vault by a call that changes nothing.</summary>
internal sealed class F13BadCertificates : RehearsalCase
{
    // Half of the order of secp256k1, rounded up: an s from here on is the second form of the same signature (EIP-2).
    private static readonly UInt256 Order = UInt256.FromBytes(Convert.FromHexString("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"));

    public override string Number => "F13";

    public override string Name => "certificates with a signature too few, twice, out of order, in its high form, of another chain, for another block";

    public override string Wanted => "the vault reverts on each, and takes the true one";

    public override async Task<string> RunAsync(RehearsalWorld world)
    {
        var (from, site) = (await world.FundedAsync(2_000).ConfigureAwait(false), world.Site);
        var burnId = await world.WithdrawAsync(from, Amount.FromNtk(20), PrivateKey.Generate().Address).ConfigureAwait(false);
        var call = await world.ReleaseCallAsync(burnId).ConfigureAwait(false);
        RehearsalFault.Unless(VaultCallContent.TryRead(call, out var content) && content is VaultCallContent.Release, "the node's call is no release");
        var release = (VaultCallContent.Release)content!;
        var seen = new List<string>();
        foreach (var (what, bad) in Bad(world, release.Certificate))
        {
            var refusal = await site.Vault.RefusalAsync(site.Stranger, VaultCalls.Release(bad, release.Withdrawal, release.Path)).ConfigureAwait(false);
            RehearsalFault.Unless(refusal is not (KnownErrors.None or KnownErrors.NoData), $"{what}: {refusal}");
            seen.Add($"{what} {refusal}");
        }

        await site.Vault.SendAsync(site.Stranger, call).ConfigureAwait(false);
        await site.FinalizeAsync().ConfigureAwait(false);
        await world.UntilSettledAsync(burnId).ConfigureAwait(false);
        return $"{string.Join(", ", seen)}; the true one paid";
    }

    private static IEnumerable<(string What, VaultCertificate Certificate)> Bad(RehearsalWorld world, VaultCertificate good)
    {
        var words = good.Signatures;
        var last = 127 - (int)UInt128.LeadingZeroCount(good.Signers);
        yield return ("one too few:", good with { Signers = good.Signers & ~(UInt128.One << last), Signatures = words[..^2] });
        yield return ("one twice:", good with { Signatures = [.. words[..^2], words[^4], words[^3]] });
        yield return ("out of order:", good with { Signatures = [words[2], words[3], words[0], words[1], .. words[4..]] });
        yield return ("high s:", good with { Signatures = [words[0], HighForm(words[1]), .. words[2..]] });
        yield return ("another chain:", Signed(world, good, new GenesisHash(Words.Of(1))));
        yield return ("another block:", good with { BlockHash = Words.Of(2) });
        yield return ("another round:", good with { Round = good.Round + 1 });
    }

    // The validators' own keys, over the digest of a chain with another genesis.
    private static VaultCertificate Signed(RehearsalWorld world, VaultCertificate good, GenesisHash genesis)
    {
        var block = new BlockRef(new BlockHash(good.BlockHash), good.BridgeRoot, good.NextValidators);
        var precommit = new Precommit(new Height(good.Height), new Round(good.Round), block);
        var set = ValidatorSet.TryCreate(good.Validators.Zip(good.Powers, (address, power) => new Validator(address, power)), out var made) ? made : throw new RehearsalFault("the call's set is none");
        ImmutableArray<IndexedSignature> signatures =
            [.. Enumerable.Range(0, set.Count).Select(i => new IndexedSignature((ushort)i, world.Nodes.Single(node => node.Validator == set[i].Address).Keys.Validator!.Sign(precommit.Digest(genesis))))];
        return VaultCertificate.Of(new CommitCertificate(precommit.Height, precommit.Round, block, signatures), set);
    }

    // n - s with the other parity: the same signature to whoever does not ask for the low form. The highest bit carries the parity (EIP-2098), and a high s
    // needs it for itself: in this form there is no room for one, which is why the vault takes no other.
    private static Hash256 HighForm(Hash256 vs)
    {
        var bytes = vs.ToArray();
        var parity = bytes[0] & 0x80;
        bytes[0] &= 0x7f;
        var high = Subtract(Order.ToHash().ToArray(), bytes);
        if (parity == 0) high[0] |= 0x80;
        return Hash256.FromBytes(high);
    }

    private static byte[] Subtract(byte[] from, byte[] what)
    {
        var borrow = 0;
        for (var i = from.Length - 1; i >= 0; i--)
        {
            var difference = from[i] - what[i] - borrow;
            borrow = difference < 0 ? 1 : 0;
            from[i] = (byte)(difference & 0xff);
        }

        return from;
    }
}
