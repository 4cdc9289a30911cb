using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>What the leader of a round says (paper L19): a block, and the round of the polka that it already has, if any.</summary>
public sealed record Proposal(Height Height, Round Round, BlockHash Block, Round? ValidRound)
{
    public Hash256 Digest(GenesisHash genesis) => Domain.Proposal.Hash(
        new ByteWriter().Hash(genesis.Value).Height(Height).Round(Round).OptionalRound(ValidRound).Hash(Block.Value).ToArray());
}

/// <summary>A proposal as it travels. Layout: height 8 | round 4 | validRound 4 | block 32 | proposer 20 | signature 65.</summary>
public sealed record SignedProposal(Proposal Proposal, Address Proposer, Signature Signature)
{
    public const int Size = 8 + 4 + 4 + Hash256.Size + Address.Size + Signature.Size;

    public byte[] Encode() => new ByteWriter()
        .Height(Proposal.Height)
        .Round(Proposal.Round)
        .OptionalRound(Proposal.ValidRound)
        .Hash(Proposal.Block.Value)
        .Address(Proposer)
        .Signature(Signature)
        .ToArray();

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SignedProposal? proposal)
    {
        proposal = null;
        var reader = new ByteReader(bytes);
        var height = reader.Height();
        var round = reader.Round();
        var validRound = reader.OptionalRound();
        var block = new BlockHash(reader.Hash());
        var proposer = reader.Address();
        var signature = reader.Signature();
        if (!reader.IsWhole || block.IsZero || (validRound is { } valid && valid >= round)) return false;
        proposal = new SignedProposal(new Proposal(height, round, block, validRound), proposer, signature!);
        return true;
    }

    public bool IsAuthentic(GenesisHash genesis) => Signature.IsBy(Proposer, Proposal.Digest(genesis));
}
