namespace NeuroChain.Chain;

/// <summary>A vault on Ethereum: leaves name it, so that no leaf is paid by another vault or on another Ethereum chain.</summary>
public readonly record struct VaultAddress(ulong EthereumChainId, Address Address);

/// <summary>NTK that were burned here for somebody on Ethereum.</summary>
/// <param name="BurnId">See <see cref="BridgeLeaf.BurnId"/>; a vault pays it once.</param>
/// <param name="To">Who is paid there.</param>
/// <param name="Amount">How much.</param>
/// <param name="DeadlineSeconds">After that second of Ethereum's clock the vault refuses it.</param>
public sealed record BridgeWithdrawal(Hash256 BurnId, Address To, Amount Amount, ulong DeadlineSeconds);

/// <summary>
/// The leaves of the bridge root, as EIP-712 hashes a struct: keccak256(abi.encode(type hash, members)). The type hash keeps the kinds
/// apart: no bytes of a withdrawal can ever be an order to the vault. The vault computes the same (Bridge/contracts/src/NtkVault.sol).
/// </summary>
public static class BridgeLeaf
{
    private static readonly Hash256 ReleaseType = Eip712.TypeHash(
        "Release(uint256 chainId,address vault,bytes32 burnId,address to,uint256 amount,uint64 deadline)");

    private static readonly Hash256 ActionType = Eip712.TypeHash(
        "Action(uint256 chainId,address vault,bytes32 actionId,uint8 kind,bytes32 argumentsHash,uint64 deadline)");

    private static readonly Hash256 SetChangeType = Eip712.TypeHash("ValidatorSet(uint64 number,uint64 lastHeight,bytes32 root)");

    /// <summary>Names a burn by where it stands on this chain: keccak256(abi.encode(genesis, height, transaction, index in it)).</summary>
    public static Hash256 BurnId(GenesisHash genesis, Height height, TransactionHash transaction, ulong index) => Keccak256.Hash(
        new AbiWriter().Hash(genesis.Value).UInt64(height.Value).Hash(transaction.Value).UInt64(index).ToArray());

    public static Hash256 Release(VaultAddress vault, BridgeWithdrawal withdrawal) => Keccak256.Hash(
        new AbiWriter()
            .Hash(ReleaseType)
            .UInt64(vault.EthereumChainId)
            .Address(vault.Address)
            .Hash(withdrawal.BurnId)
            .Address(withdrawal.To)
            .Hash(Word(withdrawal.Amount))
            .UInt64(withdrawal.DeadlineSeconds)
            .ToArray());

    public static Hash256 Action(VaultAddress vault, BridgeAction action) => Keccak256.Hash(
        new AbiWriter()
            .Hash(ActionType)
            .UInt64(vault.EthereumChainId)
            .Address(vault.Address)
            .Hash(action.ActionId)
            .UInt64((ulong)action.Kind)
            .Hash(Keccak256.Hash(action.Arguments.AsSpan()))
            .UInt64(action.DeadlineSeconds)
            .ToArray());

    /// <summary>A change of the validator set. It names no vault: all of them follow the one sequence.</summary>
    /// <param name="number">How often the set has changed, with this one; the genesis set is number 0.</param>
    /// <param name="lastHeight">The last height of the set before, whose header names the new set as the next one.</param>
    /// <param name="root">The new set's (<see cref="ValidatorSet.Root"/>).</param>
    public static Hash256 SetChange(ulong number, Height lastHeight, Hash256 root) =>
        Keccak256.Hash(new AbiWriter().Hash(SetChangeType).UInt64(number).UInt64(lastHeight.Value).Hash(root).ToArray());

    /// <summary>An amount as a word of Ethereum, right-aligned.</summary>
    internal static Hash256 Word(Amount amount)
    {
        Span<byte> word = stackalloc byte[Hash256.Size];
        amount.CopyTo(word[Amount.Size..]);
        return Hash256.FromBytes(word);
    }
}
