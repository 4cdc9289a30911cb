using System.Diagnostics.Metrics;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// Alarms where a jailed validator keeps its power, because without it fewer than four would be left: the chain still runs, and has one liar
/// less to spare. The others must replace it by vote. Metric: <c>consensus_byzantine_validators</c> of the meter "NeuroChain.Node".
/// </summary>
internal sealed partial class ByzantineWatch : IDisposable
{
    private readonly Meter _meter = new("NeuroChain.Node");
    private readonly ILogger _logger;
    private HashSet<Address> _known = [];
    private volatile int _count;

    /// <param name="state">Where the node starts: what it finds there is told again.</param>
    /// <param name="logger">Who wakes somebody.</param>
    public ByzantineWatch(LedgerState state, ILogger logger)
    {
        _logger = logger;
        _meter.CreateObservableGauge("consensus_byzantine_validators", () => _count, description: "Jailed validators that keep their voting power");
        Committed(state);
    }

    /// <summary>Jailed validators with power, as of the last block.</summary>
    public int Count => _count;

    /// <summary>A block was decided; from one thread.</summary>
    public void Committed(LedgerState state)
    {
        var members = ValidatorsModule.Members(state);
        HashSet<Address> now = [.. members.Validators.Select(member => member.Address).Where(address => ValidatorRecord.IsJailedAt(state, address))];
        _count = now.Count;
        foreach (var validator in now.Where(validator => !_known.Contains(validator)).Order())
            LogKeepsPower(validator, members.PowerOf(validator), members.TotalPower, state.Height);
        _known = now;
    }

    public void Dispose() => _meter.Dispose();

    [LoggerMessage(Level = LogLevel.Critical, Message = "validator {Validator} is jailed and keeps its power, {Power} of {Total}, at height {Height}: fewer than four would be left. Vote another in, then remove it")]
    private partial void LogKeepsPower(Address validator, ulong power, ulong total, Height height);
}
