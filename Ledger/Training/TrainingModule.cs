using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>The training round on chain.</summary>
public static class TrainingModule
{
    public static void InitializeGenesis(StateOverlay state, GenesisDocument genesis)
    {
    }

    public static TransactionRejection Execute(BlockContext context, Transaction transaction) => TransactionRejection.UnknownTask;

    public static void EndBlock(BlockContext context)
    {
    }

    public static TrainingProof? ProofOf(IStateReader state, Hash256 proofRoot) => null;
}
