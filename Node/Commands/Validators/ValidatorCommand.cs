using System.CommandLine;
using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Node.V1;

namespace NeuroChain.Node;

/// <summary>neurochain validator: who validates, what is voted on, bonds and keys.</summary>
internal static class ValidatorCommand
{
    public static Command Create() => new("validator", "Validators: votes, bonds, keys")
    {
        List(), Show(), Proposals(), Faults(), ProposeCommand.Create(), VoteCommand.Create(), BondCommand.Create("bond"), BondCommand.Create("unbond"), RotateKeyCommand.Create(),
    };

    private static Command List()
    {
        var node = CommonOptions.Node();
        var command = new Command("list", "The elected validators") { node };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = new NodeClient(parsed.GetValue(node)!);
            var all = await new ValidatorClient(client).ValidatorsAsync(cancellationToken).ConfigureAwait(false);
            Console.WriteLine($"{"address",-42} {"power",8} {"bonded NTK",14}  state");
            foreach (var v in all.Validators)
                Console.WriteLine($"{Address.FromBytes(v.Address.Span),-42} {v.Power,8} {NtkText.Of(v.Bonded),14}  {StateOf(v)}");
            return 0;
        });
        return command;
    }

    private static Command Show()
    {
        var node = CommonOptions.Node();
        var who = new Argument<string>("address") { Description = "0x and 40 digits" };
        var command = new Command("show", "One validator, also one that has left") { who, node };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = new NodeClient(parsed.GetValue(node)!);
            var v = await new ValidatorClient(client).ValidatorAsync(AddressArgument.Parse(parsed.GetValue(who), "address"), cancellationToken).ConfigureAwait(false);
            Print("address", Address.FromBytes(v.Address.Span).ToString());
            Print("node", Address.FromBytes(v.Node.Span).ToString());
            Print("power", v.Power.ToString(CultureInfo.InvariantCulture));
            Print("state", StateOf(v));
            Print("sequence", v.Sequence.ToString(CultureInfo.InvariantCulture));
            Print("bonded", $"{NtkText.Of(v.Bonded)} NTK");
            foreach (var u in v.Unbondings) Print("unbonding", $"{NtkText.Of(u.Amount)} NTK at height {u.ReleaseHeight}");
            return 0;
        });
        return command;
    }

    private static Command Proposals()
    {
        var node = CommonOptions.Node();
        var command = new Command("proposals", "What is voted on, and what was accepted and waits") { node };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = new NodeClient(parsed.GetValue(node)!);
            var open = await new ValidatorClient(client).ProposalsAsync(cancellationToken).ConfigureAwait(false);
            if (open.Proposals.Count == 0) Console.WriteLine($"none at height {open.Height}");
            foreach (var p in open.Proposals)
            {
                Console.WriteLine($"{p.Id,4}  {ActionText.Of(p.Action)}");
                Console.WriteLine($"      by {Address.FromBytes(p.Proposer.Span)} at height {p.OpenedHeight}{(p.Reason.Length > 0 ? $": {p.Reason}" : "")}");
                Console.WriteLine(p.EffectHeight > 0
                    ? $"      accepted, carried out at height {p.EffectHeight}"
                    : $"      {p.ApprovingPower} for, {p.RejectingPower} against, of {p.TotalPower}; open until height {p.ClosingHeight}");
            }

            return 0;
        });
        return command;
    }

    private static Command Faults()
    {
        var node = CommonOptions.Node();
        var command = new Command("faults", "Faults that were proven on the chain, and by which block") { node };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = new NodeClient(parsed.GetValue(node)!);
            var told = await new ValidatorClient(client).FaultsAsync(cancellationToken).ConfigureAwait(false);
            if (told.Faults.Count == 0) Console.WriteLine($"none at height {told.Height}");
            foreach (var fault in told.Faults) Console.WriteLine($"{Address.FromBytes(fault.Guilty.Span)}  at height {fault.Height}, proven in block {fault.InBlock}");
            return 0;
        });
        return command;
    }

    private static string StateOf(ValidatorDetail v)
    {
        if (v.Jailed) return v.Power > 0 ? "jailed, keeps its power until the others remove it" : "jailed";
        if (v.Power == 0) return "not elected";
        return v.Absent ? "absent" : "active";
    }

    private static void Print(string name, string value) => Console.WriteLine($"{name,-13} {value}");
}
