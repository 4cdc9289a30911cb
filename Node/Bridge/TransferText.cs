using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>What a transfer waits for, in a sentence for its owner.</summary>
/// <param name="Reason">Empty where it waits for nothing.</param>
/// <param name="WaitMs">Until its turn, as far as that is known; 0 where it is not.</param>
internal readonly record struct TransferText(string Reason, ulong WaitMs)
{
    private const ulong MsPerSecond = 1_000;

    // Ten years: who waits longer waits for a vote.
    private const ulong WaitMsMax = 10UL * 365 * 24 * 3_600 * MsPerSecond;

    /// <summary>Of a withdrawal that is open.</summary>
    public static TransferText Of(LedgerState state, Hash256 burnId, WithdrawalRecord record, TransferQueues queues) => record.State switch
    {
        WithdrawalState.Held => Held(state, record),
        WithdrawalState.Waiting => Waiting(state, burnId, record, queues),
        _ => Certified(state, record),
    };

    /// <summary>Of a lock that the chain knows and has not credited.</summary>
    /// <param name="state">The newest.</param>
    /// <param name="place">Among those that wait.</param>
    /// <param name="queues">Of that state.</param>
    public static TransferText OfPending(LedgerState state, ulong place, TransferQueues queues)
    {
        var status = BridgeStatus.Get(state);
        if (!status.IsInOpen) return new TransferText($"credits are stopped: {Stops(status, BridgeSides.In)}. It is credited when a vote has ended that", 0);
        var limits = state.Parameters.Bridge!;
        var level = status.InBucket.At(state.Time, limits.InCapacity, limits.InPerSecond).Level;
        var ahead = place - status.PendingFirst;
        if (queues.NeededForLock(ahead) is not { } needed) return new TransferText($"{Before(ahead, "lock")}, and {limits.InPerSecond} NTK are credited in a second", 0);
        var wait = FillMs(needed, level, limits.InPerSecond);
        return new TransferText($"the limit of credits is reached: {Before(ahead, "lock")}, {level} NTK may be credited now and {limits.InPerSecond} NTK more in a second{In(wait)}", wait);
    }

    /// <summary>Of a lock that the chain does not know yet.</summary>
    /// <param name="state">The newest.</param>
    /// <param name="nonce">Of the lock.</param>
    /// <param name="findings">What this node has read of Ethereum; null where it does not.</param>
    /// <param name="finalized">Ethereum's final block by this node's endpoints; null where it is not known.</param>
    public static TransferText OfUnseen(LedgerState state, ulong nonce, IEthereumFindings? findings, ulong? finalized)
    {
        var status = BridgeStatus.Get(state);
        if (status.IsInDoubt) return new TransferText($"the bridge stands: {Stops(status, BridgeSides.In)}. A vote must end that", 0);
        if (findings is null) return new TransferText($"the vault's events up to {status.Nonce} are known here. A block of Ethereum must be final, which takes about 15 minutes, and validators with more than two thirds of the power must have attested it", 0);
        if (findings.State.Halt is { } halt) return new TransferText($"this node's watch of Ethereum stands ({halt.Reason}): ask another node", 0);
        if (nonce > findings.State.EventNonce)
        {
            return new TransferText(
                $"it is in none of Ethereum's final blocks up to {findings.State.Cursor.Number}{(finalized is { } last && last > findings.State.Cursor.Number ? $", of {last} that are to be read" : "")}: a block is final about 15 minutes after it was made", 0);
        }

        if (findings.BlocksWithNoncesFrom(nonce).FirstOrDefault() is not { } block) return new TransferText("it is final, and comes with the next evidence", 0);
        var attested = AttestedBlocks.HashOf(state, block.Number);
        if (attested == block.Hash) return new TransferText($"Ethereum's block {block.Number}, which has it, is attested: its events come with the next blocks of this chain, after those up to {status.Nonce}", 0);
        if (!attested.IsZero) return new TransferText($"validators attested Ethereum's block {block.Number} under another hash than this node knows", 0);
        var members = ValidatorsModule.Members(state);
        return new TransferText(
            $"Ethereum's block {block.Number}, which has it, is final: validators with {Percent(PowerFor(state, members, block.Number, block.Hash), members.TotalPower)} of the power have attested it, more than two thirds must", 0);
    }

    /// <summary>A time of Ethereum's clock, for a person.</summary>
    public static string Clock(ulong seconds) =>
        DateTimeOffset.FromUnixTimeSeconds((long)Math.Min(seconds, 253_402_300_799)).ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>Why a side stands: by whom and for what.</summary>
    public static string Stops(BridgeStatus status, BridgeSides side)
    {
        var reasons = new List<string>();
        if (status.Halts != BridgeHalt.None) reasons.Add($"halted for {status.Halts}");
        if ((status.Paused & side) != BridgeSides.None) reasons.Add("paused by a validator");
        return reasons.Count == 0 ? "nothing stops it" : string.Join(" and ", reasons);
    }

    private static TransferText Held(LedgerState state, WithdrawalRecord record)
    {
        var members = ValidatorsModule.Members(state);
        var power = members.Validators.Where(member => record.Vetoes.Contains(KeyRotations.Identity(state, member.Address))).Aggregate(0UL, (sum, member) => sum + member.Power);
        var blocks = record.Due > state.Height ? record.Due.Value - state.Height.Value : 0;
        var wait = blocks * Math.Max(1, state.Parameters.BlockIntervalMs);
        var vetoes = record.Vetoes.IsEmpty ? "nobody has" : $"validators with {Percent(power, members.TotalPower)} of the power have, and more than a third ends it";
        return new TransferText($"it is above {state.Parameters.Bridge!.HoldAbove} NTK and held until block {record.Due}, so that validators may veto it: {vetoes}{In(wait)}", wait);
    }

    private static TransferText Waiting(LedgerState state, Hash256 burnId, WithdrawalRecord record, TransferQueues queues)
    {
        var status = BridgeStatus.Get(state);
        if (status.IsVaultClosed) return new TransferText($"the vault is closed ({status.Vault & (VaultFlags.Forked | VaultFlags.Retiring | VaultFlags.Retired)}) and pays no more: it comes back to its sender with the next blocks", 0);
        if (!status.TakesWithdrawals) return new TransferText($"withdrawals are stopped: {Stops(status, BridgeSides.Out)}. It goes on when a vote has ended that", 0);
        if ((status.Vault & VaultFlags.ReleasesPaused) != VaultFlags.None) return new TransferText("a guardian has paused the vault's releases on Ethereum: it goes on when they are ended by an order to the vault", 0);
        if (VaultSets.NextToFollow(state) is { } next) return new TransferText($"the vault must follow validator set {next.Number} first: anybody may bring it the call of that set", 0);
        var limits = state.Parameters.Bridge!;
        var level = status.OutBucket.At(state.Time, limits.OutCapacity, limits.OutPerSecond).Level;
        if (queues.NeededFor(burnId) is not var (ahead, needed))
            return new TransferText($"more than {TransferQueues.PlacesMax} withdrawals are before it, and {limits.OutPerSecond} NTK are certified in a second", 0);
        var wait = FillMs(needed, level, limits.OutPerSecond);
        if (wait == 0) return new TransferText("the next block certifies it", Math.Max(1, state.Parameters.BlockIntervalMs));
        return new TransferText(
            $"the limit of withdrawals is reached: {Before(ahead, "withdrawal")}, {level} NTK may be certified now, {limits.OutPerSecond} NTK more in a second, and this one is {record.Amount} NTK{In(wait)}", wait);
    }

    private static TransferText Certified(LedgerState state, WithdrawalRecord record) => state.Time.Milliseconds / MsPerSecond <= record.DeadlineSeconds
        ? new TransferText($"it can be released: anybody may send the vault its call until {Clock(record.DeadlineSeconds)}", 0)
        : new TransferText($"its deadline, {Clock(record.DeadlineSeconds)}, is past: it comes back to its sender as soon as a block of Ethereum shows that the vault did not pay it", 0);

    // How long a bucket takes to hold so much; what is above its capacity comes in parts, at the same rate.
    private static ulong FillMs(Amount needed, Amount level, Amount perSecond)
    {
        if (needed <= level) return 0;
        var (whole, rest) = UInt128.DivRem(((needed - level) * MsPerSecond).Units, perSecond.Units);
        return (ulong)UInt128.Min(whole + (rest == 0 ? 0u : 1u), WaitMsMax);
    }

    private static ulong PowerFor(LedgerState state, ValidatorSet members, ulong number, Hash256 hash) => members.Validators
        .Where(member => !ValidatorRecord.IsJailedAt(state, member.Address) && AttestationWords.Get(state, KeyRotations.Identity(state, member.Address)).Of(number) == hash)
        .Aggregate(0UL, (sum, member) => sum + member.Power);

    private static string Before(ulong ahead, string what) => ahead switch
    {
        0 => "it is the next one",
        1 => $"a {what} is before it",
        _ => $"{ahead} {what}s are before it",
    };

    private static string Percent(ulong power, ulong total) => $"{(UInt128)power * 100 / total} %";

    private static string In(ulong ms) => ms == 0 ? "" : $" (about {Text(TimeSpan.FromMilliseconds(ms))})";

    private static string Text(TimeSpan time) => time switch
    {
        { TotalDays: >= 2 } => $"{(long)time.TotalDays} days",
        { TotalHours: >= 2 } => $"{(long)time.TotalHours} hours",
        { TotalMinutes: >= 2 } => $"{(long)time.TotalMinutes} minutes",
        _ => $"{(long)Math.Ceiling(time.TotalSeconds)} seconds",
    };
}
