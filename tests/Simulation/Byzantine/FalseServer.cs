using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// Answers who catches up with what is not so: gaps, other blocks, certificates of other heights, forged and doubled signatures, too few of
/// them, rubbish, more than was asked, and nothing at all.
/// </summary>
public sealed class FalseServer : IBehaviour
{
    private const int RubbishMax = 4096;

    public string Name => "false-server";

    public IEnumerable<FetchedBlock> Serve(Height from, Height to, IReadOnlyList<FetchedBlock> honest, Accomplice me)
    {
        if (honest.Count == 0) return [];
        var blocks = honest.ToList();
        var at = (int)me.Draw.NextBelow((ulong)blocks.Count);
        switch (me.Draw.NextBelow(10))
        {
            case 0:
                return [];
            case 1: // a gap
                blocks.RemoveAt(at);
                return blocks;
            case 2: // the same again and again
                return Enumerable.Repeat(blocks[at], 3 * blocks.Count);
            case 3: // backwards
                blocks.Reverse();
                return blocks;
            case 4: // rubbish for a block, or for a certificate
                var rubbish = new byte[me.Draw.NextBelow(RubbishMax)];
                me.Draw.Fill(rubbish);
                blocks[at] = me.Draw.NextChance(1, 2) ? new FetchedBlock(rubbish, blocks[at].Certificate) : new FetchedBlock(blocks[at].Block, rubbish);
                return blocks;
            case 5: // an old certificate under a new block
                blocks[at] = new FetchedBlock(blocks[at].Block, blocks[(int)me.Draw.NextBelow((ulong)blocks.Count)].Certificate);
                return blocks;
            case 6: // another block under the right certificate, or under one that names it
                return Replace(blocks, at, me);
            default:
                blocks[at] = new FetchedBlock(blocks[at].Block, Spoil(blocks[at].Certificate, me));
                return blocks;
        }
    }

    private static List<FetchedBlock> Replace(List<FetchedBlock> blocks, int at, Accomplice me)
    {
        if (!Block.TryDecode(blocks[at].Block.Span, out var block, out _) || !CommitCertificate.TryDecode(blocks[at].Certificate.Span, out var certificate)) return blocks;
        var other = Accomplice.Variant(block);
        var renamed = certificate with { Block = other.Ref };
        blocks[at] = new FetchedBlock(other.Bytes, me.Draw.NextChance(1, 2) ? blocks[at].Certificate : renamed.Encode());
        return blocks;
    }

    private static byte[] Spoil(ReadOnlyMemory<byte> bytes, Accomplice me)
    {
        if (!CommitCertificate.TryDecode(bytes.Span, out var certificate)) return [];
        var signatures = certificate.Signatures;
        var mine = me.SignAny(certificate.Precommit.Digest(me.Genesis));
        ImmutableArray<IndexedSignature> spoilt = me.Draw.NextBelow(4) switch
        {
            0 => [.. signatures.Take(signatures.Length - 1)],
            1 => [.. signatures.Take(signatures.Length / 2)],
            2 => [signatures[0], .. signatures], // one counted twice
            _ => [.. signatures.Select((s, i) => i == 0 ? s with { Signature = mine } : s)],
        };
        return (certificate with { Signatures = spoilt }).Encode();
    }
}
