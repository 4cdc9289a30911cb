using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Types.V1;
using static NeuroChain.Types.V1.TransactionBody;

namespace NeuroChain.Ledger;

/// <summary>Sealed hold-outs: sets of samples that nobody reads before a round's seed chooses some of them.</summary>
public sealed class HoldOutsModule : LedgerModule
{
    public override ImmutableArray<MessageOneofCase> Messages =>
    [
        MessageOneofCase.SealedSetOffer, MessageOneofCase.SealedSetAcceptance, MessageOneofCase.SealedSetEnd, MessageOneofCase.SealedKeyRelease,
        MessageOneofCase.SealedSetHeld,
    ];

    /// <inheritdoc/>
    public override ImmutableArray<string> Events =>
    [
        "hold_outs.offered", "hold_outs.accepted", "hold_outs.held", "hold_outs.activated", "hold_outs.ended", "hold_outs.bond_burned",
        "hold_outs.drawn", "hold_outs.released", "hold_outs.graduated", "hold_outs.voided",
    ];

    // Of a release every share and every hash beside is hashed once, and the keys are made of it at the close of the window.
    public override uint CostOf(Transaction transaction) => transaction.Kind switch
    {
        MessageOneofCase.SealedKeyRelease => 100 + ((uint)(transaction.Body.SealedKeyRelease.Shares.Length + transaction.Body.SealedKeyRelease.Beside.Length) / Hash256.Size),
        MessageOneofCase.SealedSetOffer => 300,
        _ => 200,
    };

    public override TransactionRejection Execute(BlockContext context, Transaction transaction)
    {
        var (sender, body) = (transaction.Sender, transaction.Body);
        return body.MessageCase switch
        {
            MessageOneofCase.SealedSetOffer => SealedSetMessages.Offer(context, sender, body.SealedSetOffer),
            MessageOneofCase.SealedSetAcceptance => SealedSetMessages.Accept(context, sender, body.SealedSetAcceptance),
            MessageOneofCase.SealedSetEnd => SealedSetMessages.End(context, sender, body.SealedSetEnd),
            MessageOneofCase.SealedKeyRelease => SealedRounds.Show(context, sender, body.SealedKeyRelease),
            MessageOneofCase.SealedSetHeld => SealedSetMessages.Hold(context, sender, body.SealedSetHeld),
            _ => throw new InvariantException("only messages about hold-outs come to this module"),
        };
    }

    public override void EndBlock(BlockContext context)
    {
        foreach (var task in HashList.Get(context.State, TrainingKeys.TaskList)) SealedSetEnding.Expire(context, task);
    }
}
