using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>
/// Builds the file of holders after a final block. A quorum of endpoints names the block and gives the same transfers and burns, which say who may
/// hold what. Then every balance, not a sample, and the supply are proven under the block's state root (EIP-1186), and must be what the events add
/// up to; together they must be the supply, so that no holder is missing. Below the quorum there is no file.
/// </summary>
/// <remarks>
/// Whoever lies about events makes two sums differ; about storage, a hash. What is left to believe is that the quorum's block is Ethereum's, and that
/// each validator sees to by building the file alone.
/// </remarks>
public sealed class SnapshotBuilder
{
    private readonly SnapshotOptions _options;
    private readonly ImmutableArray<EthereumEndpoint> _endpoints;

    // Places of those that are asked: who fails where others do not is asked no more.
    private ImmutableArray<int> _asked;

    /// <exception cref="OperatorException">The options make no snapshot, or the endpoints no quorum.</exception>
    public SnapshotBuilder(SnapshotOptions options, IEnumerable<EthereumEndpoint> endpoints)
    {
        options.Check();
        (_options, _endpoints) = (options, [.. endpoints]);
        options.Quorum.Check(_endpoints);
        _asked = [.. Enumerable.Range(0, _endpoints.Length)];
    }

    /// <summary>Told how far the events are read: the last block of each range.</summary>
    public event Action<ulong>? Read;

    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<SnapshotOutcome> BuildAsync(CancellationToken cancellation)
    {
        var (block, refused) = await AgreeAsync(cancellation);
        if (block?.Header is not { } header) return refused!;
        var balances = new TokenBalances();
        if (await ReplayAsync(balances, cancellation) is { } wrong) return wrong;
        (Address Holder, UInt128 Units)[] holders = [.. balances.Holders];
        if (holders.Length > HoldersFile.HoldersMax) return SnapshotOutcome.No(SnapshotFault.TooManyHolders, $"{holders.Length}, at most {HoldersFile.HoldersMax}");
        return await ProveAsync(header, holders, cancellation) ?? Assemble(block.Id, holders);
    }

    private async Task<(RpcHeader? Block, SnapshotOutcome? Refused)> AgreeAsync(CancellationToken cancellation)
    {
        var quorum = new EndpointQuorum(_options.Quorum);
        var surveys = await Task.WhenAll(_endpoints.Select(endpoint => EndpointSurvey.AskAsync(endpoint, cancellation)));
        var verdict = quorum.Assess(QuorumMemory.Of(_endpoints.Length), [.. surveys.Select(survey => survey.Value)], 0);
        _asked = [.. verdict.Counted];
        if (verdict.Finalized is not { } final)
            return (null, BelowQuorum(string.Join(", ", verdict.Standings.Select((standing, i) => $"{_endpoints[i].Name}: {standing}"))));
        if (final < _options.Block) return (null, SnapshotOutcome.No(SnapshotFault.NotFinal, $"block {_options.Block}; block {final} is"));

        var headers = new RpcHeader?[_endpoints.Length];
        await Task.WhenAll(_asked.Select(async i => headers[i] = (await _endpoints[i].HeaderAsync(_options.Block, cancellation)).Value));
        var agreed = quorum.Agree(headers);
        _asked = agreed.Agreeing;
        return agreed.Fault switch
        {
            QuorumFault.None => (agreed.Block, null),
            QuorumFault.UnknownHeaderLayout => (null, SnapshotOutcome.No(SnapshotFault.UnknownHeaderLayout, $"block {_options.Block}")),
            QuorumFault.NoAgreement => (null, SnapshotOutcome.No(SnapshotFault.NoAgreement, $"block {_options.Block}")),
            _ => (null, BelowQuorum($"the header of block {_options.Block}")),
        };
    }

    // Null where all events up to the block are applied.
    private async Task<SnapshotOutcome?> ReplayAsync(TokenBalances balances, CancellationToken cancellation)
    {
        var range = (ulong)_options.RangeMax;
        for (var from = _options.FirstBlock; from <= _options.Block;)
        {
            var to = Math.Min(_options.Block, from + range - 1);
            var answers = await Task.WhenAll(_asked.Select(i => _endpoints[i].TokenMovesAsync(_options.Token, from, to, cancellation)));
            if (MostAgreed(answers) is not { } moves)
            {
                if (to > from)
                {
                    range = Math.Max(1, (to - from + 1) / 2);
                    continue;
                }

                return SnapshotOutcome.No(SnapshotFault.EventsDisagree, $"block {from}: {string.Join(", ", answers.Select((answer, i) => $"{_endpoints[_asked[i]].Name}: {Said(answer)}"))}");
            }

            foreach (var move in moves)
                if (!balances.TryApply(move))
                    return SnapshotOutcome.No(SnapshotFault.EventsDoNotAddUp, $"block {move.Block}: {move.From} gives {new Amount(move.Value)} NTK, and by the events has less");
            Drop(answers);
            Read?.Invoke(to);
            from = to + 1;
            range = Math.Min(range + Math.Max(1, range / 8), (ulong)_options.RangeMax);
        }

        return null;
    }

    // What at least the required number of endpoints gives, event for event.
    private ImmutableArray<TokenMove>? MostAgreed(IReadOnlyList<Answered<ImmutableArray<TokenMove>>> answers)
    {
        foreach (var candidate in answers.Where(answer => answer.Fault == EndpointFault.None))
            if (answers.Count(answer => answer.Fault == EndpointFault.None && answer.Value.AsSpan().SequenceEqual(candidate.Value.AsSpan())) >= _options.Quorum.Required)
                return candidate.Value;
        return null;
    }

    // Whoever is silent would be waited for thousands of times; the quorum stays.
    private void Drop(IReadOnlyList<Answered<ImmutableArray<TokenMove>>> answers) =>
        _asked = [.. _asked.Where((_, i) => answers[i].Fault is not (EndpointFault.TimedOut or EndpointFault.Unreachable))];

    private static string Said(Answered<ImmutableArray<TokenMove>> answer) => answer.Fault == EndpointFault.None ? $"{answer.Value.Length} events" : answer.Fault.ToString();

    // Null where the storage says of supply and balances what the events do.
    private async Task<SnapshotOutcome?> ProveAsync(EthereumHeader header, (Address Holder, UInt128 Units)[] holders, CancellationToken cancellation)
    {
        var (supply, fault) = await WordsAsync(header, [StorageSlot.Of(_options.SupplySlot)], cancellation);
        if (supply.IsDefault) return fault;
        foreach (var some in holders.Chunk(_options.ProofHolders))
        {
            (var words, fault) = await WordsAsync(header, [.. some.Select(entry => StorageSlot.OfMapping(entry.Holder, StorageSlot.Of(_options.BalancesSlot)))], cancellation);
            if (words.IsDefault) return fault;
            foreach (var (i, (holder, units)) in some.Index())
                if (words[i] != new UInt256(units))
                    return SnapshotOutcome.No(SnapshotFault.BalanceDiffers, $"{holder}: {units} base units by the events, {words[i]} by the token's storage");
        }

        var sum = Amount.Zero;
        foreach (var (holder, units) in holders)
            if (!Amount.TryAdd(sum, new Amount(units), out sum))
                return SnapshotOutcome.No(SnapshotFault.SupplyOutOfRange, $"up to {holder} 128 bits do not hold the sum");
        return supply[0] == new UInt256(sum.Units) ? null : SnapshotOutcome.No(SnapshotFault.SupplyDiffers, $"{sum.Units} base units by the holders, {supply[0]} by the token's storage");
    }

    // Words of the token's storage, from whichever endpoint proves them first.
    private async Task<(ImmutableArray<UInt256> Words, SnapshotOutcome? Fault)> WordsAsync(EthereumHeader header, ImmutableArray<Hash256> slots, CancellationToken cancellation)
    {
        var said = new List<string>();
        foreach (var endpoint in _asked.Select(i => _endpoints[i]))
        {
            var answer = await endpoint.ProofAsync(_options.Token, slots, header.Number, cancellation);
            if (answer.Value is not { } evidence) said.Add($"{endpoint.Name}: {answer.Fault} {answer.Detail}");
            else if (!evidence.TryRead(header.StateRoot, out var account, out var words, out var fault)) said.Add($"{endpoint.Name}: {fault}");
            else if (account is null || account.CodeHash == EthereumAccount.NoCode) return (default, SnapshotOutcome.No(SnapshotFault.NoToken, $"{_options.Token}"));
            else return (words, null);
        }

        return (default, SnapshotOutcome.No(SnapshotFault.NotProven, string.Join("; ", said)));
    }

    private SnapshotOutcome Assemble(EthereumBlockId block, (Address Holder, UInt128 Units)[] all)
    {
        var reasons = _options.Exclusions.Reasons;
        var holdings = all.ToDictionary(entry => entry.Holder, entry => new Amount(entry.Units));
        foreach (var address in reasons.Keys)
            if (!holdings.ContainsKey(address))
                return SnapshotOutcome.No(SnapshotFault.ExcludedHoldsNothing, $"{address}");
        var file = new HoldersFile(
            _options.Quorum.ChainId,
            _options.Token,
            _options.FirstBlock,
            block,
            [.. reasons.Select(entry => new Exclusion(entry.Key, holdings[entry.Key], entry.Value))],
            [.. all.Where(entry => !reasons.ContainsKey(entry.Holder)).Select(entry => new Holding(entry.Holder, new Amount(entry.Units)))]);
        // The proven supply is the sum: 128 bits hold it.
        if (file.Holders.IsEmpty || file.Supply > Amount.FromNtk(NtkAllocation.CapNtk)) return SnapshotOutcome.No(SnapshotFault.SupplyOutOfRange, $"{file.Supply} NTK, {file.Holders.Length} holders");
        return new SnapshotOutcome(file, SnapshotFault.None, "");
    }

    private static SnapshotOutcome BelowQuorum(string detail) => SnapshotOutcome.No(SnapshotFault.BelowQuorum, detail);
}
