namespace NeuroChain.Chain;

/// <summary>
/// What a precommit names: a block and the two header fields that the contract on Ethereum needs. Votes are counted by the whole value,
/// so that a precommit whose fields differ from the header never counts for that block.
/// </summary>
public readonly record struct BlockRef(BlockHash Hash, Hash256 BridgeRoot, Hash256 NextValidatorsRoot);
