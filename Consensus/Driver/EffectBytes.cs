using System.Diagnostics;
using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>
/// The one encoding of an effect: a tag, then its fields. Two different rows of effects never have the same bytes, because tag and kind say
/// how many follow.
/// <code>
/// 1 round started     height 8 | round 4 | leader 20
/// 2 get value         height 8 | round 4
/// 3 propose           height 8 | round 4 | validRound 4 | block 32
/// 4 cast prevote      height 8 | round 4 | validRound 4 | block 32, zeros for nil
/// 5 cast precommit    height 8 | round 4 | for a block 1 | block 32, bridge root 32, next validators' root 32 where it is 1
/// 6 schedule timeout  kind 1 | height 8 | round 4 | ticks of 100 ns 8
/// 7 decide            certificate, length first
/// 8 found evidence    the proof, length first
/// 9 polka seen        certificate, length first
/// </code>
/// </summary>
public static class EffectBytes
{
    public static void Write(ByteWriter writer, Effect effect)
    {
        switch (effect)
        {
            case Effect.RoundStarted started:
                writer.Byte(1).Height(started.Height).Round(started.Round).Address(started.Leader);
                break;
            case Effect.GetValue get:
                writer.Byte(2).Height(get.Height).Round(get.Round);
                break;
            case Effect.Propose { Proposal: var proposal }:
                writer.Byte(3).Height(proposal.Height).Round(proposal.Round).OptionalRound(proposal.ValidRound).Hash(proposal.Block.Value);
                break;
            case Effect.CastVote { Vote: Prevote prevote }:
                writer.Byte(4).Height(prevote.Height).Round(prevote.Round).OptionalRound(prevote.ValidRound).Hash(prevote.Block?.Value ?? Hash256.Zero);
                break;
            case Effect.CastVote { Vote: Precommit precommit }:
                writer.Byte(5).Height(precommit.Height).Round(precommit.Round).Byte(precommit.Block is null ? (byte)0 : (byte)1);
                if (precommit.Block is { } block) writer.Hash(block.Hash.Value).Hash(block.BridgeRoot).Hash(block.NextValidatorsRoot);
                break;
            case Effect.ScheduleTimeout { Timeout: var timeout } scheduled:
                writer.Byte(6).Byte((byte)timeout.Kind).Height(timeout.Height).Round(timeout.Round).UInt64((ulong)scheduled.After.Ticks);
                break;
            case Effect.Decide decide:
                writer.Byte(7).LengthAndBytes(decide.Certificate.Encode());
                break;
            case Effect.FoundEvidence found:
                writer.Byte(8).LengthAndBytes(found.Evidence.Encode());
                break;
            case Effect.PolkaSeen seen:
                writer.Byte(9).LengthAndBytes(seen.Certificate.Encode());
                break;
            default:
                throw new UnreachableException($"{effect.GetType().Name} has no bytes");
        }
    }
}

/// <summary>
/// One hash over all that the driver has answered in a height: after each input that had effects, SHA-256 over the hash before it and the
/// <see cref="EffectBytes"/> of these effects. It does not depend on how inputs share turns.
/// </summary>
public sealed class EffectHash
{
    public Hash256 Value { get; private set; }

    public void Add(IReadOnlyList<Effect> effects)
    {
        if (effects.Count == 0) return;
        var writer = new ByteWriter(256).Hash(Value);
        foreach (var effect in effects) EffectBytes.Write(writer, effect);
        Value = Hash256.Sha256(writer.Written.Span);
    }

    /// <summary>Goes on from a hash: zero where a height begins, and after a difference that was told what the log says.</summary>
    public void GoOnFrom(Hash256 value) => Value = value;
}
