using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>How far the chain is final, by those endpoints that may be counted.</summary>
/// <param name="Standings">Of each endpoint.</param>
/// <param name="Finalized">The least number that a counted endpoint calls final; null below the quorum.</param>
/// <param name="Head">The newest number that the required number of endpoints knows; zero where none does.</param>
/// <param name="Memory">For the next round.</param>
public sealed record FinalityVerdict(ImmutableArray<EndpointRefusal> Standings, ulong? Finalized, ulong Head, QuorumMemory Memory)
{
    public IEnumerable<int> Counted => Standings.Index().Where(standing => standing.Item == EndpointRefusal.None).Select(standing => standing.Index);
}

/// <summary>One block that a quorum names, or why there is none.</summary>
/// <param name="Block">With fields that hash to what the quorum agreed on; null where there is a fault.</param>
/// <param name="Fault">None where there is a block.</param>
/// <param name="Agreeing">Those who named what the quorum agreed on, and whose fields fit it where anybody's do.</param>
/// <param name="Dissenting">Those who answered otherwise.</param>
public sealed record BlockVerdict(RpcHeader? Block, QuorumFault Fault, ImmutableArray<int> Agreeing, ImmutableArray<int> Dissenting);

/// <summary>The newest block that each endpoint ever called final.</summary>
public sealed record QuorumMemory(ImmutableArray<EthereumBlockId?> Finalized)
{
    public static QuorumMemory Of(int endpoints) => new([.. new EthereumBlockId?[endpoints]]);
}

/// <summary>
/// What several endpoints say together. A function of their answers: it asks nobody, waits for nobody and prefers nobody. Fewer than the
/// required number is no value, whoever is left; an attacker who silences the honest ones gets silence.
/// </summary>
/// <remarks>
/// With q of m required, q - 1 endpoints that lie together change nothing, and m - q that are silent stop nothing. q that lie together are
/// believed: then the other validators of the chain are what is left.
/// </remarks>
public sealed class EndpointQuorum
{
    private readonly QuorumOptions _options;

    /// <exception cref="OperatorException">The numbers make no quorum.</exception>
    public EndpointQuorum(QuorumOptions options)
    {
        options.Check();
        _options = options;
    }

    /// <param name="memory">Of the last round.</param>
    /// <param name="surveys">One for each endpoint; null where it did not answer.</param>
    /// <param name="scanned">Number of the last block that is stored.</param>
    public FinalityVerdict Assess(QuorumMemory memory, IReadOnlyList<EndpointSurvey?> surveys, ulong scanned)
    {
        Invariant.Check(surveys.Count == _options.Endpoints && memory.Finalized.Length == _options.Endpoints, "each endpoint has its place");
        var head = Head(surveys);
        EndpointRefusal[] standings = [.. surveys.Select((survey, i) => survey is null ? EndpointRefusal.Silent : Judge(survey, memory.Finalized[i], head, scanned))];
        var counted = surveys.Where((_, i) => standings[i] == EndpointRefusal.None).Select(survey => survey!.Finalized.Number).ToList();
        var next = memory.Finalized.Select((last, i) => standings[i] is EndpointRefusal.None or EndpointRefusal.BehindCursor ? Later(last, surveys[i]!.Finalized) : last);
        return new FinalityVerdict([.. standings], counted.Count >= _options.Required ? counted.Min() : null, head, new QuorumMemory([.. next]));
    }

    /// <param name="said">The header that each endpoint names for one number; null where it did not answer.</param>
    public BlockVerdict Agree(IReadOnlyList<RpcHeader?> said)
    {
        Invariant.Check(said.Count == _options.Endpoints, "each endpoint has its place");
        int[] answered = [.. Enumerable.Range(0, said.Count).Where(i => said[i] is not null)];
        // More than half agree on one block at most.
        var largest = answered.GroupBy(i => (said[i]!.Id, said[i]!.ParentHash)).MaxBy(group => group.Count());
        if (largest is null || largest.Count() < _options.Required)
            return new BlockVerdict(null, answered.Length < _options.Required ? QuorumFault.BelowQuorum : QuorumFault.NoAgreement, [], [.. answered]);
        // The hash binds the fields: whose fields hash to what a quorum names has the true ones, and whoever names it with others lies about them.
        ImmutableArray<int> whole = [.. largest.Where(i => said[i]!.Header is not null)];
        if (whole.IsEmpty) return new BlockVerdict(null, QuorumFault.UnknownHeaderLayout, [.. largest], [.. answered.Except(largest)]);
        return new BlockVerdict(said[whole[0]], QuorumFault.None, whole, [.. answered.Except(whole)]);
    }

    // The newest block that the required number of endpoints claims to know. Fewer liars than that cannot raise it above what an honest one said.
    private ulong Head(IReadOnlyList<EndpointSurvey?> surveys)
    {
        var heads = surveys.Where(survey => survey is not null && IsOurChain(survey) == EndpointRefusal.None).Select(survey => survey!.Latest.Number);
        return heads.OrderDescending().ElementAtOrDefault(_options.Required - 1);
    }

    private EndpointRefusal IsOurChain(EndpointSurvey survey)
    {
        if (survey.ChainId != _options.ChainId) return EndpointRefusal.OtherChainId;
        return survey.Genesis == _options.Genesis ? EndpointRefusal.None : EndpointRefusal.OtherGenesis;
    }

    private EndpointRefusal Judge(EndpointSurvey survey, EthereumBlockId? last, ulong head, ulong scanned)
    {
        if (IsOurChain(survey) is var identity and not EndpointRefusal.None) return identity;
        var finalized = survey.Finalized;
        if (finalized.Number >= survey.Latest.Number) return EndpointRefusal.FinalizedIsLatest;
        if (finalized.Number < last?.Number) return EndpointRefusal.FinalizedMovedBackwards;
        if (finalized.Number == last?.Number && finalized.Hash != last?.Hash) return EndpointRefusal.FinalizedChanged;
        if (head > finalized.Number && head - finalized.Number > _options.LagBlocksMax) return EndpointRefusal.FinalizedLags;
        return finalized.Number < scanned ? EndpointRefusal.BehindCursor : EndpointRefusal.None;
    }

    private static EthereumBlockId? Later(EthereumBlockId? last, EthereumBlockId now) => last?.Number >= now.Number ? last : now;
}
