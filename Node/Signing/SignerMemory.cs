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

    /// <param name="signer">The validator's.</param>
    /// <param name="chain">What the node keeps.</param>
    /// <param name="tip">Its last block.</param>
    /// <param name="mayForget">Whether the operator says that the memory is lost for good: then a new one begins.</param>
    /// <exception cref="OperatorException">The key has signed blocks, and there is no memory of what.</exception>
    public static void Open(FileSigner signer, ChainStore chain, Height tip, bool mayForget)
    {
        if (mayForget) signer.Begin();
        if (!signer.IsNew || LastSigned(chain, tip, signer.Address) is not { } last) return;
        throw new OperatorException(
            $"the memory of the signer, data/signer, is missing, but {signer.Address} has signed block {last}: bring it back. Where it is lost for good, wait until "
            + $"the others are past height {last.Next()}, whatever this key may have signed there, and start once with --new-signer-memory");
    }
}
