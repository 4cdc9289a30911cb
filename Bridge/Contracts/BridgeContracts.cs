using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>Calldata of what holders, operators and relayers ask of the contracts beside the calls that need a certificate.</summary>
public static class BridgeContracts
{
    private static readonly ContractArtifact Factory = ContractArtifact.Load("DepositFactory"), Clone = ContractArtifact.Load("Deposit");

    private static readonly AbiSelector ApproveSelector = AbiSelector.Of("approve(address,uint256)"),
        AllowanceSelector = AbiSelector.Of("allowance(address,address)"),
        BalanceSelector = AbiSelector.Of("balanceOf(address)");

    public static byte[] Lock(Amount amount, Hash256 recipient) => VaultCalls.Lock(amount, recipient);

    /// <summary>Tokens of the standard (ERC-20). The real NTK takes any new allowance in the place of an old one.</summary>
    public static byte[] Approve(Address spender, Amount amount) => ApproveSelector.With(new AbiWriter().Address(spender).UInt128(amount.Units));

    public static byte[] Allowance(Address owner, Address spender) => AllowanceSelector.With(new AbiWriter().Address(owner).Address(spender));

    public static byte[] BalanceOf(Address holder) => BalanceSelector.With(new AbiWriter().Address(holder));

    public static byte[] CompleteUnpause() => VaultCalls.Vault.Call("completeUnpause");

    public static byte[] ApplyLimits() => VaultCalls.Vault.Call("applyLimits");

    public static byte[] CompleteRetire() => VaultCalls.Vault.Call("completeRetire");

    /// <summary>A value of the vault that needs no argument: "flags", "minLock".</summary>
    public static byte[] Read(string name) => VaultCalls.Vault.Call(name);

    public static byte[] IsReleased(Hash256 burnId) => VaultCalls.Vault.Call("isReleased", AbiValue.Word(burnId));

    /// <summary>Whether an order was carried out; its number is its id.</summary>
    public static byte[] IsDone(ulong order) => VaultCalls.Vault.Call("actionsDone", AbiValue.Number(order));

    public static byte[] DepositAddressOf(Hash256 recipient) => Factory.Call("addressOf", AbiValue.Word(recipient));

    public static byte[] DeployDeposit(Hash256 recipient) => Factory.Call("deploy", AbiValue.Word(recipient));

    /// <summary>Of a deposit address, once it is deployed.</summary>
    public static byte[] Flush() => Clone.Call("flush");

    /// <summary>The vault that the factory's addresses lock in: by way of its implementation.</summary>
    public static byte[] Implementation() => Factory.Call("implementation");

    public static byte[] VaultOfDeposit() => Clone.Call("vault");

    /// <summary>An account of the chain as the vault's recipients are written: right-aligned in a word.</summary>
    public static Hash256 RecipientOf(Address account) => Hash256.FromBytes(new AbiWriter().Address(account).ToArray());
}
