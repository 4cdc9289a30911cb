using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>What a validator watches on Ethereum, and in what portions. All validators of a chain watch the same.</summary>
/// <param name="Quorum">Whom to believe.</param>
/// <param name="Vault">The one whose events count.</param>
/// <param name="Token">NTK, whose balance of the vault heartbeats prove.</param>
/// <param name="Start">The block before the one that the vault was deployed in, or an earlier one.</param>
public sealed record WatcherOptions(QuorumOptions Quorum, Address Vault, Address Token, EthereumBlockId Start)
{
    /// <summary>Slot of the token's mapping from account to balance; the real NTK's is the second.</summary>
    public ulong TokenBalancesSlot { get; init; } = 1;

    /// <summary>
    /// A heartbeat is a block whose number is a multiple of this: the chain's own interval between two proofs of reserves
    /// (<see cref="BridgeParameters.HeartbeatBlocks"/>), so that all validators prove the same blocks, and none that the chain has no use for.
    /// </summary>
    public ulong HeartbeatBlocks { get; init; } = 300;

    /// <summary>Blocks of one question and of one write. Halved where no endpoint serves as many, and one more again after each range that is scanned.</summary>
    public int RangeMax { get; init; } = EthereumEndpoint.HeadersMax;

    /// <summary>Numbers and hashes that are kept of what is scanned, to say how deep a violation of finality goes.</summary>
    public int TailMax { get; init; } = 256;

    /// <summary>Receipts of so many blocks are asked for, and held, at a time.</summary>
    public int ReceiptsAtOnce { get; init; } = 4;

    /// <summary>Passes in which no endpoint proves a heartbeat, until it is given up: most keep the states of the last 128 blocks only.</summary>
    public int HeartbeatTries { get; init; } = 3;

    /// <summary>What is stored under these options may be gone on with under no others.</summary>
    public Hash256 Identity => Keccak256.Hash(new ByteWriter()
        .UInt64(Quorum.ChainId).Hash(Quorum.Genesis).Address(Vault).Address(Token).UInt64(TokenBalancesSlot).UInt64(Start.Number).Hash(Start.Hash).ToArray());

    /// <exception cref="OperatorException">Something cannot stand.</exception>
    public void Check()
    {
        Quorum.Check();
        if (Vault.IsZero || Token.IsZero || Vault == Token) throw new OperatorException("the addresses of vault and token on Ethereum are missing, or the same");
        if (Start.Hash.IsZero) throw new OperatorException("the hash of the block that the watch of Ethereum begins after is missing");
        if (RangeMax is < 1 or > EthereumEndpoint.HeadersMax) throw new OperatorException($"a range of Ethereum's blocks has 1 to {EthereumEndpoint.HeadersMax}, not {RangeMax}");
        if (HeartbeatBlocks == 0 || TailMax < 1 || ReceiptsAtOnce < 1 || HeartbeatTries < 1) throw new OperatorException("the numbers of the watch of Ethereum are at least 1");
    }
}
