namespace NeuroChain.Node.Tests;

/// <summary>Gives no answer about one checkpoint, so many times, for each of the reasons in turn.</summary>
internal sealed class FallingEvaluator(Evaluator inner, byte[] crasher, int falls, params EvaluatorFault[] faults) : ICheckpointEvaluator
{
    public Action<EvaluationRequest, TimeSpan>? Asked { get; init; }

    public Func<EvaluationRequest, TimeSpan>? Took { get; init; }

    public int Falls { get; private set; }

    public TimeSpan LastLimit { get; private set; }

    public async Task<EvaluatorAnswer> EvaluateAsync(EvaluationRequest request, TimeSpan limit, CancellationToken cancellationToken)
    {
        LastLimit = limit;
        Asked?.Invoke(request, limit);
        if (Falls >= falls || !request.Checkpoint.Span.SequenceEqual(crasher))
            return await inner.EvaluateAsync(request, limit, cancellationToken) with { Took = Took?.Invoke(request) ?? TimeSpan.Zero };
        return faults.Length == 0 ? Fallen(EvaluatorFault.NoAnswer) : Fallen(faults[Falls % faults.Length]);
    }

    private EvaluatorFault Fallen(EvaluatorFault fault)
    {
        Falls++;
        return fault;
    }
}
