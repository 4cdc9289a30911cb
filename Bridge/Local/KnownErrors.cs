namespace NeuroChain.Bridge;

/// <summary>Names of the custom errors of all contracts.</summary>
internal static class KnownErrors
{
    public const string None = "success";
    public const string NoData = "a revert without data";

    private static readonly ContractArtifact[] Contracts =
        [.. new[] { "NtkVault", "Deposit", "DepositFactory", "BurnGate", "test/RevertingToken" }.Select(ContractArtifact.Load)];

    /// <param name="revertData">Null for a call that succeeds.</param>
    public static string NameOf(byte[]? revertData)
    {
        if (revertData is null) return None;
        if (revertData.Length == 0) return NoData;
        return Contracts.Select(contract => contract.ErrorOf(revertData)).FirstOrDefault(name => name is not null) ?? Convert.ToHexStringLower(revertData);
    }
}
