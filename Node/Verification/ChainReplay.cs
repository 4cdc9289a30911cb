using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>A block that was executed again.</summary>
/// <param name="Before">The state that it was executed on.</param>
/// <param name="Committed">As it is stored.</param>
/// <param name="Validated">What the ledger's rules make of it.</param>
internal readonly record struct ReplayedBlock(LedgerState Before, CommittedBlock Committed, ValidatedBlock Validated)
{
    public Height Height => Committed.Block.Height;

    public ExecutionResult Result => Validated.Result;
}

/// <summary>
/// Executes a stored chain again from genesis by the ledger's own rules, and holds what is stored against what follows: certificates, receipts, events and,
/// at the end, the state.
/// </summary>
/// <param name="genesis">The chain.</param>
/// <param name="store">Blocks, certificates, outcomes and state as a node keeps them.</param>
/// <param name="findings">Takes what is wrong.</param>
internal sealed class ChainReplay(GenesisDocument genesis, ChainStore store, List<VerificationFinding> findings)
{
    private readonly StoredChain _stored = new(store);

    /// <summary>The height of the stored state; known once <see cref="Run"/> has begun.</summary>
    public Height Stored { get; private set; }

    /// <summary>After the last block that could be followed.</summary>
    public LedgerState State { get; private set; } = LedgerState.FromGenesis(genesis);

    /// <summary>The blocks in their order; it ends before <see cref="Stored"/> where one is missing, damaged or refused.</summary>
    /// <exception cref="OperatorException">The store holds no chain, or another.</exception>
    public IEnumerable<ReplayedBlock> Run()
    {
        var mark = Mark();
        Stored = mark.Height;
        while (State.Height < mark.Height && Next() is { } replayed)
        {
            State = replayed.Result.Next;
            yield return replayed;
        }

        if (State.Height == mark.Height) CheckState(mark);
    }

    private LedgerMark Mark()
    {
        if (store.Mark is not { } bytes) throw new OperatorException("the data folder holds no chain yet: start the node first");
        if (store.Genesis != genesis.Hash) throw new OperatorException($"the data folder is of the chain {store.Genesis}, genesis.json is {genesis.Hash}: use the genesis file of this data");
        return LedgerMark.TryDecode(bytes, out var mark) ? mark : throw new OperatorException("the data folder is damaged: the mark of its state cannot be read");
    }

    private ReplayedBlock? Next()
    {
        var height = State.Height.Next();
        if (_stored.Block(height, out var damage) is not { } committed)
        {
            findings.Add(damage!);
            return null;
        }

        if (!BlockValidator.TryValidate(State, committed.Block, NoTransactions.Instance, out var validated, out var refusal))
        {
            Find(FindingKind.BlockRefused, height, refusal.ToString());
            return null;
        }

        CheckCommit(committed.Block, committed.Certificate);
        if (_stored.Compare(height, new BlockOutcome(validated.Result.Receipts, validated.Result.Events)) is { } difference) findings.Add(difference);
        return new ReplayedBlock(State, committed, validated);
    }

    private void CheckCommit(Block block, CommitCertificate certificate)
    {
        var fault = certificate.Height != block.Height ? CertificateFault.WrongHeight
            : certificate.Block != block.Ref ? CertificateFault.WrongBlock
            : certificate.Check(State.GenesisHash, State.Next.Validators);
        if (fault != CertificateFault.None) Find(FindingKind.CommitInvalid, block.Height, fault.ToString());
    }

    private void CheckState(LedgerMark mark)
    {
        if (State.Mark != mark) Find(FindingKind.StateDiffers, mark.Height, $"the stored mark has state root {mark.StateRoot}, {State.Root} follows");
        else if (!LedgerState.TryLoad(genesis, mark, store.StateRecords, out _)) Find(FindingKind.StateDiffers, mark.Height, "the stored records have not the root of their mark");
    }

    private void Find(FindingKind kind, Height height, string detail) => findings.Add(new VerificationFinding(kind, height, detail));
}
