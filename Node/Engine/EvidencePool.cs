using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>
/// Evidence that this node found, until it counts on the chain or cannot any more. It is stored, as for some heights nobody else may know it.
/// </summary>
/// <remarks>
/// Many find the same, and one message is enough. So f+1 members, chosen by the height of the fault, report at once, and the others where
/// nothing came of it some heights later.
/// </remarks>
/// <param name="store">Where it is kept.</param>
internal sealed class EvidencePool(EvidenceStore store)
{
    private const int EntriesMax = 256;

    /// <summary>Of one key: the first that counts takes all that jail takes. More than one, as the validators may set it free again.</summary>
    private const int PerKeyMax = 4;

    private const ulong Patience = 4;

    private readonly SortedDictionary<(Address Guilty, Height Height), Entry> _entries =
        new(store.Load().ToDictionary(kept => (kept.Proof.Guilty, kept.Proof.Height), kept => new Entry(kept.Proof, kept.Since)));

    public int Count => _entries.Count;

    /// <summary>Whether evidence against that key for that height would be kept.</summary>
    public bool Wants(Address guilty, Height height) =>
        _entries.Count < EntriesMax && !_entries.ContainsKey((guilty, height)) && _entries.Keys.Count(key => key.Guilty == guilty) < PerKeyMax;

    /// <summary>Whether evidence against that key for that height is here.</summary>
    public bool Has(Address guilty, Height height) => _entries.ContainsKey((guilty, height));

    /// <param name="proof">Checked.</param>
    /// <param name="decided">The last height that was decided when it was found.</param>
    public void Add(FaultProof proof, Height decided)
    {
        if (!Wants(proof.Guilty, proof.Height)) return;
        _entries.Add((proof.Guilty, proof.Height), new Entry(proof, decided));
        store.Keep(proof, decided);
    }

    /// <summary>Lets go of what counted, and of what never will.</summary>
    public void Forget(LedgerState state)
    {
        if (_entries.Count == 0) return;
        var gone = _entries.Keys.Where(key => key.Height <= state.Height.Next() && !MayCount(EvidenceModule.Standing(state, key.Guilty, key.Height))).ToList();
        foreach (var key in gone) _entries.Remove(key);
        store.Drop(gone);
    }

    /// <summary>What to report now.</summary>
    public IReadOnlyList<Transaction> Due(LedgerState state, ISigner signer)
    {
        if (_entries.Count == 0) return [];
        var due = new List<Transaction>();
        var members = ValidatorsModule.Members(state);
        var mayReport = members.TryIndexOf(signer.Address, out var self) && !ValidatorRecord.IsJailedAt(state, signer.Address);
        foreach (var ((guilty, height), entry) in _entries)
        {
            if (height > state.Height.Next() || !mayReport || guilty == signer.Address) continue;
            if (EvidenceModule.Standing(state, guilty, height) != TransactionRejection.None) continue;
            var turn = ((ulong)self + height.Value) % (ulong)members.Count;
            if (turn < (ulong)members.HonestCount || state.Height >= entry.Since.Plus(Patience)) due.Add(entry.Report ??= ReportOf(entry.Proof, state.GenesisHash, signer));
        }

        return due;
    }

    // Who is in jail may be set free, and its other faults count then.
    private static bool MayCount(TransactionRejection standing) => standing is TransactionRejection.None or TransactionRejection.AlreadyJailed;

    private static Transaction ReportOf(FaultProof proof, GenesisHash genesis, ISigner signer)
    {
        var body = new TransactionBody
        {
            Genesis = ByteString.CopyFrom(genesis.Value.ToArray()),
            FaultEvidence = new FaultEvidence { Evidence = ByteString.CopyFrom(proof.Encode()) },
        };
        return Transaction.Sign(body, signer.Address, signer.SignTagged);
    }

    private sealed class Entry(FaultProof proof, Height since)
    {
        public FaultProof Proof => proof;

        public Height Since => since;

        public Transaction? Report { get; set; }
    }
}
