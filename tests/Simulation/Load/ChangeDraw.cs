using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node;
using NeuroChain.Types.V1;

namespace NeuroChain.Simulation;

/// <summary>
/// What validators do next about themselves: something that can be done as the chain is, and that leaves less than a third of the power to those
/// who fail, and more than two thirds to a core that was healed.
/// </summary>
/// <param name="spare">Keys to rotate to, each used once.</param>
public sealed class ChangeDraw(Queue<PrivateKey> spare)
{
    // One that makes the set too small is refused by the chain itself.
    private const int Fewest = 4;

    private static readonly Amount Deposit = Amount.FromNtk(10);

    public IChange? Next(Cluster cluster, SeededStream draw)
    {
        var state = cluster.Newest;
        var members = ValidatorsModule.Members(state);
        var proposers = members.Validators
            .Where(member => !ValidatorRecord.IsJailedAt(state, member.Address) && !cluster.IsFailing(member.Address))
            .Select(member => cluster.Ring.Find(member.Address)!).ToList();
        if (proposers.Count == 0) return null;
        return draw.NextBelow(10) switch
        {
            < 3 => Admit(),
            3 => Remove(),
            4 => Put(new GovernanceAction { ChangePower = new ChangePower { Address = Some(members.Validators).Address.ToByteString(), Power = NewPower() } }),
            5 or 6 => Rotate(),
            7 => Unjail(),
            8 => Unbond(),
            _ => Put(Parameters()),
        };

        IChange? Admit()
        {
            var candidates = cluster.Hosts.Where(host => host.Node.IsHonest && !IsMember(host) && KeyRotations.Present(state, host.Node.Key.Address) == host.Node.Key.Address).ToList();
            if (candidates.Count == 0) return null;
            var candidate = Some(candidates).Node;
            if (Bonded(candidate.Key) < cluster.Genesis.Parameters.Validators.BondMin) return Bond(candidate.Key);
            return Put(new GovernanceAction { AdmitValidator = new AdmitValidator { Address = candidate.Key.Address.ToByteString(), Node = candidate.Address.ToByteString(), Power = NewPower() } });
        }

        IChange? Remove() => members.Count > Fewest ? Put(new GovernanceAction { RemoveValidator = new RemoveValidator { Address = Some(members.Validators).Address.ToByteString() } }) : null;

        IChange? Rotate()
        {
            var owners = cluster.Hosts.Where(host => host.Node.IsHonest && !cluster.IsFailing(host.Node.Key.Address) && IsMember(host) && state.Next.Validators.Contains(host.Node.Key.Address)).ToList();
            if (owners.Count == 0 || spare.Count == 0) return null;
            var (owner, fresh) = (Some(owners), spare.Dequeue());
            cluster.Ring.Add(fresh, owner.Node.Index);
            return new KeyChange(state, owner, fresh);
        }

        IChange? Unjail()
        {
            var jailed = cluster.Keys.Where(key => ValidatorRecord.IsJailedAt(state, key.Address)).ToList();
            if (jailed.Count == 0) return null;
            var free = Some(jailed);
            if (Bonded(free) < cluster.Genesis.Parameters.Validators.BondMin) return Bond(free);
            return Put(new GovernanceAction { UnjailValidator = new UnjailValidator { Address = free.Address.ToByteString() } });
        }

        IChange? Unbond()
        {
            var bonded = cluster.Keys.Where(key => Bonded(key) > Amount.Zero).ToList();
            if (bonded.Count == 0) return null;
            var owner = Some(bonded);
            var asked = new Amount(1 + draw.NextBelow((ulong)Deposit.Units)); // below the least it is refused, in the block and for the fee
            return new BondChange(state, owner, asked, isBack: true);
        }

        GovernanceAction Parameters()
        {
            var (key, value) = draw.NextBelow(4) switch
            {
                0 => ("block_interval_ms", cluster.Options.BlockIntervalMs - draw.NextBelow(cluster.Options.BlockIntervalMs / 2)), // never slower: healing is timed by it
                1 => ("fees.treasury_percent", draw.NextBelow(30)),
                2 => ("consensus.message_delay_ms", 3_000 + draw.NextBelow(1_000)),
                _ => ("training.term_blocks", 1 + draw.NextBelow(8)),
            };
            var change = new ChangeParameters();
            change.Settings.Add(new ParameterSetting { Key = key, Value = value.ToString(CultureInfo.InvariantCulture) });
            return new GovernanceAction { ChangeParameters = change };
        }

        IChange? Put(GovernanceAction action) =>
            VotedChange.Result(state, action, members) is { } set && cluster.CanBear(set) ? new VotedChange(state, action, Some(proposers), isWanted: draw.NextChance(7, 8)) : null;

        BondChange? Bond(PrivateKey owner) => AccountsModule.Get(state, owner.Address).Balance > Deposit + Cluster.AmpleFee ? new BondChange(state, owner, Deposit, isBack: false) : null;

        bool IsMember(SimulatedHost host) => members.Contains(host.Node.Key.Address);

        Amount Bonded(PrivateKey key) => BondRecord.Get(state, key.Address).Bonded;

        ulong NewPower() => 1 + draw.NextBelow(members.Validators.Max(member => member.Power));

        T Some<T>(IReadOnlyList<T> all) => all[(int)draw.NextBelow((ulong)all.Count)];
    }
}
