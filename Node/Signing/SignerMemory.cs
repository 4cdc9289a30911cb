using NeuroChain.Chain;
using NeuroChain.Consensus;

namespace NeuroChain.Node;

/// <summary>
/// A signer without a memory is a new validator's, or one whose memory was lost: it would sign in the height in progress whatever it had signed
/// in it before. The blocks that the node keeps tell which of the two it is.
/// </summary>
internal static class SignerMemory
{
    private const uint HeightsMax = 128;

    /// <summary>The last kept block that a key signed; null where it signed none of the last ones.</summary>
    public static Height? LastSigned(ChainStore chain, Height tip, Address key)
    {
        var oldest = tip.MinusOrGenesis(HeightsMax);
        for (var height = tip; height > oldest && chain.Get(height) is { } block; height = height.MinusOrGenesis(1))
        {
            var validators = chain.ValidatorSetOf(block.Block.Header.ValidatorsRoot);
            if (validators is not null && validators.TryIndexOf(key, out var place) && block.Certificate.Signatures.Any(signature => signature.Index == place)) return height;
        }

        return null;
    }

    /// <exception cref="OperatorException">The key has signed blocks, and the memory of what is empty.</exception>
    public static void Demand(FileSigner signer, ChainStore chain, Height tip)
    {
        if (signer.State != SignerState.Empty || LastSigned(chain, tip, signer.Address) is not { } last) return;
        throw new OperatorException(
            $"the memory of the signer, data/signer, is missing, but {signer.Address} has signed block {last}: bring it back. Where it is lost for good, wait until "
            + $"the others are past height {last.Next()}, whatever this key may have signed there, and start once with --new-signer-memory");
    }
}
