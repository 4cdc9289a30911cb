using NeuroChain.Chain;
using NeuroChain.Consensus;

namespace NeuroChain.Node;

/// <summary>
/// A signer without a memory is a new validator's, or one whose memory was lost: it would sign in the height in progress whatever it had signed
/// in it before. The blocks that the node keeps tell which of the two it is, and whether a memory is an old copy. A signer in another process is
/// asked the same: it has no blocks, so it cannot tell by itself, and a file that was cut short is to it like one that was never written.
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
    /// <param name="mayForget">Whether the operator says that the memory is lost for good: then the signer begins with what it has.</param>
    /// <exception cref="OperatorException">The key has signed blocks, and the signer does not remember as much.</exception>
    public static void Check(ISigner signer, ChainStore chain, Height tip, bool mayForget)
    {
        if (mayForget || LastSigned(chain, tip, signer.Address) is not { } last) return;
        var state = signer.State;
        if (state.Height >= last) return; // it is on the signer's disk before the signature is handed out
        var what = state == SignerState.Empty ? "is missing" : $"is an old copy, of height {state.Height}";
        throw new OperatorException(
            $"the memory of the signer, data/signer, {what}, but {signer.Address} has signed block {last}: bring it back. Where it is lost for good, wait until "
            + $"the others are past height {last.Next()}, whatever this key may have signed there, and start once with --new-signer-memory");
    }
}
