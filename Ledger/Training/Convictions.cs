using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// A certificate convicts: whoever showed another statement in the same round attested what is not so, for evaluation gives everybody the same
/// bytes. So does a <see cref="RecheckEnd">re-check</see>. Each time costs a part of the bond; a second one within the time in which evidence counts is jail, where it was committed after the first was
/// in a block: what two rounds find out of one broken machine says no more than one. Record of a validator: the height of the first time 8.
/// </summary>
/// <remarks>
/// No vote and no evaluation by the chain. Without a certificate nobody is convicted. Against more than two thirds who lie together this convicts
/// those who do not: who has that majority has the chain.
/// </remarks>
internal static class Convictions
{
    /// <param name="context">The block that ends the round.</param>
    /// <param name="round">The round.</param>
    /// <param name="certified">Digest of the statement that is certified.</param>
    public static void Apply(BlockContext context, TrainingRoundRecord round, Hash256 certified)
    {
        foreach (var (signer, (digest, _)) in RoundBallots.AttestationReveals.Get(context.State, round.Task))
        {
            if (digest == certified) continue;
            var committed = RoundBallots.AttestationCommits.Of(context.State, round.Task, signer)!.Value.Content.Height;
            Convict(
                context,
                signer,
                committed,
                Amount.Zero,
                (validator, again) => context.Emit(
                    "training.false_attestation",
                    [.. RoundEvents.Of(round), ("validator", validator), ("statement", digest), ("certified", certified), ("again", again)]));
        }
    }

    /// <summary>What one false word costs, of whichever kind.</summary>
    /// <param name="context">The block that shows it to be false.</param>
    /// <param name="signer">Who said it, by the key of then.</param>
    /// <param name="said">The block in which it was bound.</param>
    /// <param name="paid">What was paid for the round meanwhile, and is taken out of the bond.</param>
    /// <param name="tell">Emits what has happened: who it is by its present key, and whether it is the second time.</param>
    public static void Convict(BlockContext context, Address signer, Height said, Amount paid, Action<Address, string> tell)
    {
        var validator = KeyRotations.Present(context.State, signer);
        if (ValidatorRecord.Get(context.State, validator) is not { IsJailed: false }) return;
        var first = Before(context.State, validator);
        if (first is { } old && EvidenceWindow.HasExpired(context, old)) first = null;
        var isSecond = first is { } known && said > known;
        tell(validator, isSecond ? "yes" : "no");
        if (isSecond)
        {
            context.State.Delete(TrainingKeys.FalseAttestation(validator));
            Jail.Commit(context, validator, "false_attestation");
            return;
        }

        if (first is null) context.State.Set(TrainingKeys.FalseAttestation(validator), new ByteWriter().Height(context.Height).ToArray());
        BondsModule.TakeBack(context, validator, paid);
        BondsModule.Slash(context, validator, context.Parameters.Training.FalseAttestationPercent);
    }

    /// <summary>A new key takes over what the old one is answerable for.</summary>
    public static void Move(StateOverlay state, Address from, Address to)
    {
        if (state.Get(TrainingKeys.FalseAttestation(from)) is not { } record) return;
        state.Set(TrainingKeys.FalseAttestation(to), record);
        state.Delete(TrainingKeys.FalseAttestation(from));
    }

    private static Height? Before(IStateReader state, Address validator)
    {
        if (state.Get(TrainingKeys.FalseAttestation(validator)) is not { } bytes) return null;
        var reader = new ByteReader(bytes);
        var height = reader.Height();
        Invariant.Check(reader.IsWhole, "a record of a false attestation has 8 bytes");
        return height;
    }
}
