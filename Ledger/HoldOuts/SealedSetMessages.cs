using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>How a sealed set comes and goes. Everything is checked before anything is changed.</summary>
internal static class SealedSetMessages
{
    public static TransactionRejection Offer(BlockContext context, Address sender, SealedSetOffer message)
    {
        var (state, id) = (context.State, Hash256.FromBytes(message.Task.Span));
        if (TaskRecord.Get(state, id) is not { } task) return TransactionRejection.HoldOutUnknownTask;
        // What is judged where keys are missing must be as fresh as what is sealed.
        if (task.Source != SampleSource.Generator || TrainingSetRecord.Get(state, id)!.Pixels is not { } pixels) return TransactionRejection.GeneratorWanted;
        var custodians = message.Custodians.Select(seat => new SealedCustodian(Address.FromBytes(seat.Address.Span), Hash256.FromBytes(seat.ShareRoot.Span)));
        var threshold = (int)Math.Min(message.Threshold, byte.MaxValue);
        var terms = new SealedSetTerms(id, pixels, [.. message.Classes], threshold, [.. custodians]);
        var classes = context.Genesis.Tasks.First(known => known.Id == id).ClassCount;
        if (terms.Classes.Length != classes || !terms.IsWithinBounds) return TransactionRejection.SealedTermsWrong;
        if (message.Bytes != (ulong)terms.BlobBytes || !HasItsChunks(message)) return TransactionRejection.SealedBlobMalformed;
        if (!AreCustodians(state, sender, terms)) return TransactionRejection.CustodiansWrong;
        var bond = context.Parameters.HoldOuts.SealedBond;
        if (!Amount.TryFromBytes(message.Bond.Span, out var offered) || offered != bond) return TransactionRejection.SealedBondWrong;
        var blob = new BlobHash(Hash256.FromBytes(message.Blob.Span));
        // Of all sets there ever were: what was opened once judges nobody again.
        if (state.Get(HoldOutKeys.Blob(id, blob)) is not null) return TransactionRejection.SealedSetRepeated;
        var list = SealedSetList.Get(state, id);
        if (list.Live.Length >= SealedLimits.SetsMax) return TransactionRejection.SealedSetsFull;
        if (!SupplyModule.TryLock(state, sender, bond)) return TransactionRejection.BalanceTooLow;

        var set = new SealedSetRecord(list.Next, SealedSetStatus.Offered, sender, context.Height, Height.Genesis, 0, blob, message.Bytes, bond, terms, 0, []);
        set.Store(state);
        state.Set(HoldOutKeys.Blob(id, blob), new ByteWriter().UInt64(set.Number).ToArray());
        (list with { Next = list.Next + 1, Live = list.Live.Add(set.Number) }).Store(state, id);
        context.Emit(
            "hold_outs.offered",
            [.. HoldOutEvents.Of(set), ("supplier", sender), ("blob", blob.Value), ("samples", (ulong)terms.Samples), ("threshold", (ulong)threshold), ("custodians", (ulong)terms.Custodians.Length), ("bond", bond)]);
        return TransactionRejection.None;
    }

    public static TransactionRejection Accept(BlockContext context, Address sender, SealedSetAcceptance message)
    {
        var (state, task) = (context.State, Hash256.FromBytes(message.Task.Span));
        if (TaskRecord.Get(state, task) is null) return TransactionRejection.HoldOutUnknownTask;
        if (SealedSetRecord.Get(state, task, message.Set) is not { Status: SealedSetStatus.Offered } set) return TransactionRejection.SealedSetNotOpen;
        if (set.CustodianOf(state, sender) is not { } number || set.HasAccepted(number)) return TransactionRejection.NotOfThisSet;
        if (!Amount.TryFromBytes(message.Bond.Span, out var offered) || offered != set.Bond) return TransactionRejection.SealedBondWrong;
        if (!SupplyModule.TryLock(state, sender, set.Bond)) return TransactionRejection.BalanceTooLow;
        set = set with { Accepted = (byte)(set.Accepted | 1 << (number - 1)) };
        set.Store(state);
        context.Emit("hold_outs.accepted", [.. HoldOutEvents.Of(set), ("custodian", sender), ("bond", set.Bond)]);
        ActivateWhereReady(context, set);
        return TransactionRejection.None;
    }

    public static TransactionRejection Hold(BlockContext context, Address sender, SealedSetHeld message)
    {
        var (state, task) = (context.State, Hash256.FromBytes(message.Task.Span));
        var (members, present) = (ValidatorsModule.Members(state), KeyRotations.Present(state, sender));
        if (!context.Validators.Contains(sender) || !members.Contains(present)) return TransactionRejection.NotAValidator;
        if (ValidatorRecord.IsJailedAt(state, present)) return TransactionRejection.Jailed;
        if (TaskRecord.Get(state, task) is null) return TransactionRejection.UnknownTask;
        if (SealedSetRecord.Get(state, task, message.Set) is not { Status: SealedSetStatus.Offered } set) return TransactionRejection.UnknownSealedSet;
        var identity = KeyRotations.Identity(state, sender);
        if (set.Held.Contains(identity)) return TransactionRejection.AlreadySent;
        set = set.WithHolder(state, members, identity);
        set.Store(state);
        context.Emit("hold_outs.held", [.. HoldOutEvents.Of(set), ("validator", sender)]);
        ActivateWhereReady(context, set);
        return TransactionRejection.None;
    }

    public static TransactionRejection End(BlockContext context, Address sender, SealedSetEnd message)
    {
        var (state, task) = (context.State, Hash256.FromBytes(message.Task.Span));
        if (TaskRecord.Get(state, task) is null) return TransactionRejection.HoldOutUnknownTask;
        if (SealedSetRecord.Get(state, task, message.Set) is not { IsLive: true } set) return TransactionRejection.SealedSetNotOpen;
        if (!KeyRotations.IsSame(state, set.Supplier, sender) && set.CustodianOf(state, sender) is null) return TransactionRejection.NotOfThisSet;
        if (SealedRoundRecord.Get(state, task) is { } round && round.Parts.Any(part => part.Set == set.Number)) return TransactionRejection.SealedSetInUse;
        SealedSetEnding.End(context, set, "withdrawn", new HashSet<int>());
        return TransactionRejection.None;
    }

    private static void ActivateWhereReady(BlockContext context, SealedSetRecord set)
    {
        if (set.Accepted != (1 << set.Terms.Custodians.Length) - 1 || !set.IsHeld(new VoterWeights(context.State, set.Terms.Task))) return;
        (set with { Status = SealedSetStatus.Active }).Store(context.State);
        context.Emit("hold_outs.activated", HoldOutEvents.Of(set));
    }

    // One word each: shares of one validator under two keys would be one custodian's, and who has all keys keeps no share.
    private static bool AreCustodians(IStateReader state, Address supplier, SealedSetTerms terms)
    {
        var identities = terms.Custodians.Select(custodian => KeyRotations.Identity(state, custodian.Address)).Append(KeyRotations.Identity(state, supplier)).ToList();
        return identities.Distinct().Count() == identities.Count;
    }

    private static bool HasItsChunks(SealedSetOffer message)
    {
        if (BlobLimits.ChunkCount((long)message.Bytes) != message.Chunks.Count) return false;
        var chunks = message.Chunks.Select(chunk => Hash256.FromBytes(chunk.Span)).ToImmutableArray();
        return BlobManifest.HashOf(message.Bytes, chunks).Value == Hash256.FromBytes(message.Blob.Span);
    }
}

/// <summary>Attributes that all events of a sealed set begin with.</summary>
internal static class HoldOutEvents
{
    public static (string Key, EventValue Value)[] Of(SealedSetRecord set) => [("task", set.Terms.Task), ("set", set.Number)];
}
