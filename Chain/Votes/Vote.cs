namespace NeuroChain.Chain;

/// <summary>What a validator says in a round; who says it and the signature are in <see cref="SignedVote"/>.</summary>
public abstract record Vote(Height Height, Round Round)
{
    /// <summary>The block voted for; null is the paper's nil.</summary>
    public abstract BlockHash? BlockHash { get; }

    /// <summary>The 32 bytes that the validator signs.</summary>
    public abstract Hash256 Digest(GenesisHash genesis);
}

/// <summary>
/// A prevote (paper L23-24, L30-31). It carries the validRound of the proposal that it answers, so that a validator which votes against
/// its own lock proves it (accountable Tendermint). A nil prevote has none.
/// </summary>
public sealed record Prevote(Height Height, Round Round, BlockHash? Block, Round? ValidRound) : Vote(Height, Round)
{
    public override BlockHash? BlockHash => Block;

    public override Hash256 Digest(GenesisHash genesis) => Domain.Prevote.Hash(
        new ByteWriter()
            .Hash(genesis.Value)
            .Height(Height)
            .Round(Round)
            .OptionalRound(ValidRound)
            .Hash(Block?.Value ?? Hash256.Zero)
            .ToArray());
}

/// <summary>
/// A precommit (paper L40, L45). Its digest is EIP-712, the same bytes for every validator: the commit certificate of a block is the
/// certificate that the contract on Ethereum checks. Nil has a type of its own.
/// </summary>
public sealed record Precommit(Height Height, Round Round, BlockRef? Block) : Vote(Height, Round)
{
    private static readonly Hash256 BlockType = Eip712.TypeHash(
        "Precommit(bytes32 genesis,uint64 height,uint32 round,bytes32 block,bytes32 bridgeRoot,bytes32 nextValidators)");

    private static readonly Hash256 NilType = Eip712.TypeHash("NilPrecommit(bytes32 genesis,uint64 height,uint32 round)");

    public override BlockHash? BlockHash => Block?.Hash;

    public override Hash256 Digest(GenesisHash genesis)
    {
        var members = new AbiWriter().Hash(Block is null ? NilType : BlockType).Hash(genesis.Value).UInt64(Height.Value).UInt64(Round.Value);
        if (Block is { } block) members.Hash(block.Hash.Value).Hash(block.BridgeRoot).Hash(block.NextValidatorsRoot);
        return Eip712.Digest(members);
    }
}
