using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>Calldata for the vault.</summary>
public static class VaultCalls
{
    internal static readonly ContractArtifact Vault = ContractArtifact.Load("NtkVault");

    public static byte[] Lock(Amount amount, Hash256 recipient) => Vault.Call("lock", AbiValue.Amount(amount), AbiValue.Word(recipient));

    public static byte[] Release(VaultCertificate certificate, BridgeWithdrawal withdrawal, MountainProof proof) =>
        Vault.Call("release", certificate.ToAbi(), Of(withdrawal), Of(proof));

    /// <param name="certificate">Of the last block of a set.</param>
    /// <param name="proof">Of the leaf of the change, under that block's bridge root.</param>
    public static byte[] Follow(VaultCertificate certificate, MountainProof proof) => Vault.Call("follow", certificate.ToAbi(), Of(proof));

    /// <param name="a">A certificate.</param>
    /// <param name="b">Another of the same height.</param>
    /// <param name="set">Number of the set that signed both.</param>
    public static byte[] ProveFork(VaultCertificate a, VaultCertificate b, ulong set) =>
        Vault.Call("proveFork", a.ToAbi(), b.ToAbi(), AbiValue.Number(set));

    /// <param name="certificate">Of the last block of a set.</param>
    /// <param name="proof">Of the leaf of the change, under that block's bridge root.</param>
    /// <param name="set">Number of the set that signed it.</param>
    public static byte[] ProveOtherEnd(VaultCertificate certificate, MountainProof proof, ulong set) =>
        Vault.Call("proveOtherEnd", certificate.ToAbi(), Of(proof), AbiValue.Number(set));

    public static byte[] Act(VaultCertificate certificate, BridgeAction action, MountainProof proof) =>
        Vault.Call("act", certificate.ToAbi(), Of(action), Of(proof));

    private static AbiValue Of(BridgeWithdrawal withdrawal) => AbiValue.Tuple(
        AbiValue.Word(withdrawal.BurnId),
        AbiValue.Address(withdrawal.To),
        AbiValue.Amount(withdrawal.Amount),
        AbiValue.Number(withdrawal.DeadlineSeconds));

    private static AbiValue Of(BridgeAction action) => AbiValue.Tuple(
        AbiValue.Word(action.ActionId),
        AbiValue.Number((byte)action.Kind),
        AbiValue.Bytes(action.Arguments.AsSpan()),
        AbiValue.Number(action.DeadlineSeconds));

    private static AbiValue Of(MountainProof proof) =>
        AbiValue.Tuple(AbiValue.Number(proof.Index), AbiValue.Number(proof.Count), AbiValue.Array(proof.Path.Select(AbiValue.Word)));
}
