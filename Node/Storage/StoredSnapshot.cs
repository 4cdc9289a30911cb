using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>A snapshot that is whole, from the disk or from peers.</summary>
/// <param name="State">The state.</param>
/// <param name="Blocks">The last blocks up to it, ascending, and as the last one the block after it, whose header has its roots.</param>
/// <param name="Transactions">Transactions since genesis, as the node that wrote it counted.</param>
internal sealed record StoredSnapshot(LedgerState State, IReadOnlyList<KeptBlock> Blocks, ulong Transactions)
{
    /// <summary>The block that shows the state to be the one that the validators agreed on.</summary>
    public KeptBlock Next => Blocks[^1];

    /// <summary>Whether the validators that signed that block are those of the genesis: else the snapshot alone does not show whose they are.</summary>
    public bool IsOfGenesisValidators => Next.Block.Header.ValidatorsRoot == State.Genesis.ValidatorSet().Root;

    /// <summary>Begins a store without blocks with it: the state in one write, then the block after it, which is decided and not to be decided again.</summary>
    /// <param name="chain">Without any block in it.</param>
    /// <param name="rules">What this program knows.</param>
    /// <param name="fault">Why it cannot be, where the result is false; then nothing was written.</param>
    /// <exception cref="OperatorException">This program does not read such a state; nothing was written either.</exception>
    public bool TryRestore(ChainStore chain, ChainRules rules, out string fault)
    {
        fault = "";
        var state = State.Under(rules);
        CertificateFault wrong = default;
        VerifiedCommit? commit = null;
        if (!BlockValidator.TryValidate(state, Next.Block, NoTransactions.Instance, out var validated, out var refusal))
            fault = $"the block after the snapshot cannot be executed: {refusal}";
        else if (!Next.Certificate.TryVerify(state.GenesisHash, state.Next.Validators, out commit, out wrong))
            fault = $"the certificate of the block after the snapshot: {wrong}";
        if (validated is null || commit is null) return false;
        chain.Initialize(state, [.. Blocks.SkipLast(1)], Transactions);
        chain.Commit(state, validated, commit);
        return true;
    }
}
