using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>Why nothing is signed. The first three would be evidence against the validator, or could become it; the others pass.</summary>
public enum SignRefusal
{
    None,

    /// <summary>An earlier height, round or step than the last one signed.</summary>
    Regression,

    /// <summary>Something else was signed in this very place.</summary>
    Conflict,

    /// <summary>A prevote for a block against the own lock: amnesia.</summary>
    AgainstLock,

    /// <summary>The node does not know yet how far the others are, or is behind them: <see cref="SigningGate"/>.</summary>
    Syncing,

    /// <summary>The signer is a process of its own and serves another node now: <see cref="SignerEpoch"/>.</summary>
    NoLease,

    /// <summary>The signer is a process of its own and does not answer.</summary>
    Unavailable,
}

/// <summary>
/// The rules of a signer, as a value: what may be signed after what was signed. It goes by its own memory alone, so that it stays right
/// whatever the node that asks believes.
/// </summary>
public static class SignerRules
{
    /// <summary>The signature already given for the same, or the permission to sign, or the reason why not.</summary>
    public static (SignRefusal Refusal, Signature? Given) Check(SignerState state, SignRequest request)
    {
        if (request.Height < state.Height) return (SignRefusal.Regression, null);
        if (request.Height == state.Height && request.Round < state.Round) return (SignRefusal.Regression, null);
        if (request.Height == state.Height && request.Round == state.Round)
        {
            if (Of(state, request.Step) is { } signed)
                return signed.Digest == request.Digest ? (SignRefusal.None, signed.Signature) : (SignRefusal.Conflict, null);
            if (state.LastStep > request.Step) return (SignRefusal.Regression, null);
        }

        return IsAgainstLock(state, request) ? (SignRefusal.AgainstLock, null) : (SignRefusal.None, null);
    }

    /// <summary>What is remembered once the request was signed.</summary>
    public static SignerState After(SignerState state, SignRequest request, Signature signature)
    {
        var lockedRound = request.Height == state.Height ? state.LockedRound : null;
        if (request.Height != state.Height || request.Round != state.Round) state = SignerState.Empty with { Height = request.Height, Round = request.Round };
        if (request is { Step: Step.Precommit, IsForBlock: true }) lockedRound = request.Round;
        var signed = new SignedOnce(request.Digest, signature);
        return request.Step switch
        {
            Step.Propose => state with { Proposal = signed, LockedRound = lockedRound },
            Step.Prevote => state with { Prevote = signed, LockedRound = lockedRound },
            _ => state with { Precommit = signed, LockedRound = lockedRound },
        };
    }

    /// <summary>
    /// Whether a message that bears this key's true signature was not signed under this memory: it is ahead of it, or another one stands in its
    /// place. Then another process signs with the key, or the memory is an old copy. What is older than the memory's round nobody can tell any
    /// more, and what the memory holds comes back from peers in any case.
    /// </summary>
    public static bool IsForeign(SignerState state, SignRequest seen)
    {
        if (seen.Height != state.Height) return seen.Height > state.Height;
        if (seen.Round != state.Round) return seen.Round > state.Round;
        return Of(state, seen.Step)?.Digest != seen.Digest;
    }

    /// <summary>What was signed in this place and is remembered; null where nothing was, or a later round came.</summary>
    public static SignedOnce? Remembered(SignerState state, Vote place) =>
        place.Height == state.Height && place.Round == state.Round ? Of(state, place is Prevote ? Step.Prevote : Step.Precommit) : null;

    // {precommit(v, r1), prevote for a block at r2 > r1 with validRound < r1} is amnesia.
    private static bool IsAgainstLock(SignerState state, SignRequest request) =>
        request.Height == state.Height
        && request is { Step: Step.Prevote, IsForBlock: true }
        && state.LockedRound is { } locked
        && request.Round > locked
        && (request.ValidRound is not { } validRound || validRound < locked);

    private static SignedOnce? Of(SignerState state, Step step) => step switch
    {
        Step.Propose => state.Proposal,
        Step.Prevote => state.Prevote,
        _ => state.Precommit,
    };
}
