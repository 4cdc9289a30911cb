using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>
/// Evidence that this node found, until it counts on the chain or cannot any more. Nothing here is stored: the log of a height finds it again
/// after a crash, and the transaction is at all peers at once.
/// </summary>
/// <remarks>
/// Many find the same, and one message is enough. So f+1 members, chosen by the height of the fault, report at once, and the others where
/// nothing came of it some heights later.
/// </remarks>
internal sealed class EvidencePool
{
    private const int EntriesMax = 256;

    /// <summary>Of one key: the first that counts takes all that jail takes. More than one, as the validators may set it free again.</summary>
    private const int PerKeyMax = 4;

    private const ulong Patience = 4;

    private readonly SortedDictionary<(Address Guilty, Height Height), Entry> _entries = [];

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
        if (Wants(proof.Guilty, proof.Height)) _entries.Add((proof.Guilty, proof.Height), new Entry(proof, decided));
    }

    /// <summary>What to report now; forgets what counted, and what never will.</summary>
    public IReadOnlyList<Transaction> Due(LedgerState state, ISigner signer)
    {
        if (_entries.Count == 0) return [];
        var due = new List<Transaction>();
        var members = ValidatorsModule.Members(state);
        var mayReport = members.TryIndexOf(signer.Address, out var self) && !ValidatorRecord.IsJailedAt(state, signer.Address);
        foreach (var ((guilty, height), entry) in _entries.ToArray())
        {
            if (height > state.Height.Next()) continue;
            var standing = EvidenceModule.Standing(state, guilty, height);
            if (standing is not (TransactionRejection.None or TransactionRejection.AlreadyJailed)) _entries.Remove((guilty, height));
            if (standing != TransactionRejection.None || !mayReport || guilty == signer.Address) continue;
            var turn = ((ulong)self + height.Value) % (ulong)members.Count;
            if (turn < (ulong)members.HonestCount || state.Height >= entry.Since.Plus(Patience)) due.Add(entry.Report ??= ReportOf(entry.Proof, state.GenesisHash, signer));
        }

        return due;
    }

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
