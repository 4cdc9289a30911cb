using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// Whom a healthy node convicts, the chain punishes, some blocks later: evidence is found, kept, brought to whoever leads, and counted. Nobody
/// is punished who followed the rules.
/// </summary>
/// <remarks>
/// Each node that finds something is held to it by itself, whoever else has it: from its healing on, through the blocks that it decides and does
/// not catch up with, as long as by the state after them it may report and the evidence would count. Wherever that is not so, it begins anew. What
/// it found before its healing is held against it too, across restarts: all but what its machine may have lost when it died. A run does not
/// end while anything is due (<see cref="IsDone"/>), unless its time is up. Not looked at: what only nodes outside of the core or an observer
/// have, as these bring it to nobody; and what is found with the last blocks of a run.
/// </remarks>
/// <param name="failing">Those who may be punished.</param>
/// <param name="isHealthy">Whether a node is in order, and with it the links to more than two thirds.</param>
/// <param name="blocks">How many may pass.</param>
public sealed class PunishmentChecker(IReadOnlySet<Address> failing, Predicate<SimulatedNode> isHealthy, ulong blocks) : IChecker
{
    // A node keeps as many against one key: it need not remember what it finds beyond them.
    private const int PerKeyMax = 4;

    // What is found while a block is decided is told before the block, and stored after it: the next one makes it durable.
    private const int BlocksUntilDurable = 2;

    private readonly HashSet<Address> _punished = [];
    private readonly SortedDictionary<(int Finder, Address Guilty), Finding> _findings = [];

    public string Name => "punishment";

    /// <summary>How many keys the chain has convicted.</summary>
    public int Punished => _punished.Count;

    /// <summary>How often a node was held to report what it had found before it was started the last time.</summary>
    public int DueAfterRestart { get; private set; }

    /// <summary>Whether nothing is due by the last block of any healthy node.</summary>
    public bool IsDone => _findings.Values.All(finding => !finding.IsDue);

    public void Output(SimulatedNode node, EngineOutput output)
    {
        switch (output)
        {
            case EngineOutput.FoundEvidence { Evidence: var evidence } when node.IsSound:
                Found(node, evidence.Guilty, evidence.Height);
                break;
            case EngineOutput.Committed { After: var state } committed:
                foreach (var happened in committed.Outcome.Events)
                    if (happened.Kind == "evidence.counted")
                        Counted(happened.Attributes.Single(attribute => attribute.Key == "guilty").Value);
                Decided(node, committed.IsCaughtUp, MayReport(state, node.Key.Address), (guilty, height) => EvidenceModule.Standing(state, guilty, height));
                break;
        }
    }

    /// <summary>What was stored is there when the process starts again; what was not yet durable may be gone with the machine.</summary>
    public void Died(SimulatedNode node, bool isMachine)
    {
        foreach (var finding in Of(node))
        {
            if (isMachine) finding.Forget(known => known < BlocksUntilDurable);
            finding.IsFromBeforeRestart = finding.Count > 0;
        }
    }

    /// <summary>A node has evidence of what a key signed at a height.</summary>
    public void Found(SimulatedNode finder, Address guilty, Height height)
    {
        if (!_findings.TryGetValue((finder.Index, guilty), out var finding)) _findings.Add((finder.Index, guilty), finding = new Finding());
        if (finding.Count == 0) finding.IsFromBeforeRestart = false;
        if (finding.Count < PerKeyMax) finding.Add(height);
    }

    public void Counted(string guilty)
    {
        if (!Address.TryParse(guilty, out var address) || !failing.Contains(address)) throw new SimulationFailedException($"punishment: {guilty} was punished and followed the rules");
        _punished.Add(address);
    }

    /// <summary>A node has decided a block.</summary>
    /// <param name="finder">The node.</param>
    /// <param name="isCaughtUp">It fetched the block: who is behind reports nothing.</param>
    /// <param name="mayReport">By the state after it.</param>
    /// <param name="standing">By that state, whether a fault of a key at a height would count.</param>
    public void Decided(SimulatedNode finder, bool isCaughtUp, bool mayReport, Func<Address, Height, TransactionRejection> standing)
    {
        foreach (var ((index, guilty), finding) in _findings)
        {
            if (index != finder.Index) continue;
            var isDue = finding.Decided(height => standing(guilty, height)) && mayReport && isHealthy(finder);
            if (isDue && !finding.IsDue && finding.IsFromBeforeRestart) DueAfterRestart++;
            finding.Wait(isDue, isCaughtUp);
            if (finding.Waited > blocks)
                throw new SimulationFailedException($"punishment: healthy {finder.Address} has evidence against {guilty}, and it has not counted within {blocks} blocks in which it could");
        }
    }

    private static bool MayReport(LedgerState state, Address reporter) =>
        ValidatorsModule.Members(state).Contains(reporter) && !ValidatorRecord.IsJailedAt(state, reporter);

    private IEnumerable<Finding> Of(SimulatedNode node) => from entry in _findings where entry.Key.Finder == node.Index select entry.Value;

    /// <summary>What one node has against one key.</summary>
    private sealed class Finding
    {
        // By the height of the fault: how many blocks the node has decided since it knows of it.
        private readonly SortedDictionary<Height, int> _faults = [];

        public int Count => _faults.Count;

        public bool IsFromBeforeRestart { get; set; }

        /// <summary>Whether any of it would count and the node could report it, by its last block.</summary>
        public bool IsDue { get; private set; }

        /// <summary>Blocks that the node has decided since it is due.</summary>
        public ulong Waited { get; private set; }

        public void Add(Height height) => _faults.TryAdd(height, 0);

        public void Forget(Predicate<int> isForgotten)
        {
            foreach (var height in _faults.Where(fault => isForgotten(fault.Value)).Select(fault => fault.Key).ToList()) _faults.Remove(height);
        }

        /// <summary>One block more. What can never count any more goes.</summary>
        /// <returns>Whether any of it would count now.</returns>
        public bool Decided(Func<Height, TransactionRejection> standing)
        {
            var wouldCount = false;
            foreach (var (height, known) in _faults.ToList())
            {
                _faults[height] = known + 1;
                switch (standing(height))
                {
                    case TransactionRejection.None:
                        wouldCount = true;
                        break;
                    case TransactionRejection.AlreadyJailed or TransactionRejection.EvidenceInvalid: // until it is set free, and until that height is there
                        break;
                    default:
                        _faults.Remove(height);
                        break;
                }
            }

            return wouldCount;
        }

        public void Wait(bool isDue, bool isCaughtUp)
        {
            if (!isDue) Waited = 0;
            else if (!isCaughtUp) Waited++;
            IsDue = isDue;
        }
    }
}
