using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// What a transaction costs the nodes that execute it, in units of about a microsecond of one core: so that the time that a block takes is
/// bounded, and not only its bytes. A transfer costs about sixty.
/// </summary>
public static class CostUnits
{
    /// <summary>Recovering a signer takes 35 microseconds, decoding and hashing around it the rest.</summary>
    public const uint PerSignature = 40;

    private const uint BytesPerUnit = 16;

    public static uint Of(Transaction transaction) =>
        (PerSignature * (uint)transaction.SignatureCount) + ((uint)transaction.Bytes.Length / BytesPerUnit) + LedgerModules.Of(transaction.Kind).CostOf(transaction);
}
