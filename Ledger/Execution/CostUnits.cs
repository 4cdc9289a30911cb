using NeuroChain.Chain;
using static NeuroChain.Types.V1.TransactionBody;

namespace NeuroChain.Ledger;

/// <summary>
/// What it costs every node to have a transaction in a block. One unit is about a microsecond of one core; a transfer is about 60. The
/// number follows from the bytes alone, so that all nodes agree on it before they execute anything.
/// </summary>
public static class CostUnits
{
    /// <summary>To recover one signer.</summary>
    private const uint PerSignature = 40;

    private const uint BytesPerUnit = 16;

    public static uint Of(Transaction transaction)
    {
        var (signatures, work) = Of(transaction.Body.MessageCase);
        return (signatures * PerSignature) + ((uint)transaction.Bytes.Length / BytesPerUnit) + work;
    }

    /// <summary>Signatures to check, the sender's own among them, and what execution takes besides.</summary>
    private static (uint Signatures, uint Work) Of(MessageOneofCase kind) => kind switch
    {
        MessageOneofCase.Transfer => (1, 4),
        MessageOneofCase.CandidateCommit => (1, 20),
        MessageOneofCase.CandidateReveal => (2, 60), // the producer's consent; the manifest is hashed and checked
        MessageOneofCase.AttestationReveal => (2, 40), // the signature that goes into the certificate
        MessageOneofCase.SeedShare => (1, 10),
        _ => (1, 10),
    };
}
