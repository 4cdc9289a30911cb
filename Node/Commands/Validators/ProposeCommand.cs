using System.CommandLine;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>neurochain validator propose: puts an action to the vote; whoever proposes approves.</summary>
internal static class ProposeCommand
{
    public static Command Create()
    {
        var command = new Command("propose", "Put an action to the vote of the validators");
        var address = new Argument<string>("address") { Description = "0x and 40 digits" };
        var power = new Option<ulong>("--power") { Description = "Voting power", Required = true };
        var identity = new Option<string>("--node-address") { Description = "Address of its node's key on the network", Required = true };
        command.Add(Of("admit", "Admit a validator", [address], [identity, power], parsed => new GovernanceAction
        {
            AdmitValidator = new AdmitValidator
            {
                Address = AddressArgument.Parse(parsed.GetValue(address), "address").ToByteString(),
                Node = AddressArgument.Parse(parsed.GetValue(identity), "--node-address").ToByteString(),
                Power = parsed.GetValue(power),
            },
        }));
        command.Add(Of("power", "Change a validator's power", [address], [power], parsed => new GovernanceAction
        {
            ChangePower = new ChangePower { Address = AddressArgument.Parse(parsed.GetValue(address), "address").ToByteString(), Power = parsed.GetValue(power) },
        }));
        command.Add(Of("remove", "Remove a validator", [address], [], parsed => new GovernanceAction
        {
            RemoveValidator = new RemoveValidator { Address = AddressArgument.Parse(parsed.GetValue(address), "address").ToByteString() },
        }));
        command.Add(Of("jail", "Jail a validator: it loses terms, pay, rights and its bond", [address], [], parsed => new GovernanceAction
        {
            JailValidator = new JailValidator { Address = AddressArgument.Parse(parsed.GetValue(address), "address").ToByteString() },
        }));
        command.Add(Of("unjail", "Give a jailed validator its rights back", [address], [], parsed => new GovernanceAction
        {
            UnjailValidator = new UnjailValidator { Address = AddressArgument.Parse(parsed.GetValue(address), "address").ToByteString() },
        }));

        var settings = new Argument<string[]>("settings") { Description = "key=value as in the genesis file: training.term_blocks=8", Arity = ArgumentArity.OneOrMore };
        command.Add(Of("parameters", "Change parameters, all together or none", [settings], [], parsed => new GovernanceAction
        {
            ChangeParameters = new ChangeParameters { Settings = { parsed.GetValue(settings)!.Select(Setting) } },
        }));

        var name = new Argument<string>("name") { Description = "a-z, 0-9 and dashes" };
        var height = new Option<ulong>("--height") { Description = "First height of the rule", Required = true };
        command.Add(Of("upgrade", "Schedule an upgrade", [name], [height], parsed => new GovernanceAction
        {
            ScheduleUpgrade = new ScheduleUpgrade { Name = parsed.GetValue(name), Height = parsed.GetValue(height) },
        }));
        command.Add(Of("cancel-upgrade", "Cancel an upgrade that has not begun", [name], [], parsed => new GovernanceAction
        {
            CancelUpgrade = new CancelUpgrade { Name = parsed.GetValue(name) },
        }));

        var amount = new Option<string>("--amount") { Description = "NTK", Required = true };
        command.Add(Of("pay", "Pay from the treasury", [address], [amount], parsed => new GovernanceAction
        {
            TreasuryPayment = new TreasuryPayment
            {
                To = AddressArgument.Parse(parsed.GetValue(address), "address").ToByteString(),
                Amount = (Amount.TryParseNtk(parsed.GetValue(amount), out var sum) ? sum : throw new OperatorException("--amount: NTK as a decimal number")).ToByteString(),
            },
        }));
        var task = new Argument<string>("task") { Description = "0x and 64 digits" };
        command.Add(Of("close-task", "Let a task take no more commits", [task], [], parsed => new GovernanceAction { CloseTask = new CloseTask { Task = TaskOf(parsed.GetValue(task)) } }));
        command.Add(Of("reopen-task", "Open a closed task again", [task], [], parsed => new GovernanceAction { ReopenTask = new ReopenTask { Task = TaskOf(parsed.GetValue(task)) } }));
        command.Add(Fork());
        var closing = new Option<ulong>("--closing-height") { Description = "The last height at which claims are taken", Required = true };
        command.Add(Of("extend-claims", "Take claims of the snapshot up to a later height, also where they are closed", [], [closing], parsed => new GovernanceAction
        {
            ExtendClaims = new ExtendClaims { ClosingHeight = parsed.GetValue(closing) },
        }));
        return command;
    }

    private static Command Fork()
    {
        var task = new Argument<string>("task") { Description = "The task to fork, with a certified model: its name, or 0x and 64 digits" };
        var model = new Option<string>("--model") { Description = "File with the new model spec, as in a genesis", Required = true };
        var name = new Option<string>("--name") { Description = "Of the new task: up to 64 characters", Required = true };
        var seed = new Option<string?>("--seed") { Description = "0x and 64 digits: makes the first checkpoint; drawn where it is left out" };
        return Of("fork-task", "Add a task with another model, which goes on from where this one is", [task], [model, name, seed], async (parsed, client, cancellationToken) =>
        {
            var tasks = await new TrainingClient(client.Channel).TasksAsync(cancellationToken).ConfigureAwait(false);
            var wanted = parsed.GetValue(task);
            var parent = tasks.FirstOrDefault(one => one.Name == wanted || Hex.Encode(one.Id.Span) == wanted)
                ?? throw new OperatorException($"task: one of {string.Join(", ", tasks.Select(one => one.Name))}, not {wanted}");
            if (!GenesisTask.TryParse(parent.Definition.Span, out var definition) || !definition.Id.ToArray().AsSpan().SequenceEqual(parent.Id.Span))
                throw new OperatorException($"the node's task {parent.Name} is malformed: is it of another version?");
            var begin = parsed.GetValue(seed) is not { } text ? Hash256.FromBytes(System.Security.Cryptography.RandomNumberGenerator.GetBytes(Hash256.Size))
                : Hash256.TryParse(text, out var given) ? given : throw new OperatorException("--seed: 0x and 64 hexadecimal digits");
            var fork = ForkDefinition.Make(definition, File.ReadAllBytes(parsed.GetValue(model)!), parsed.GetValue(name)!, begin);
            return new GovernanceAction { ForkTask = new ForkTask { Parent = parent.Id, Definition = Google.Protobuf.ByteString.CopyFrom(fork.ToCanonicalJson()) } };
        });
    }

    private static Google.Protobuf.ByteString TaskOf(string? text) =>
        Hash256.TryParse(text, out var task) ? task.ToByteString() : throw new OperatorException("task: 0x and 64 hexadecimal digits");

    /// <summary>A command that proposes what it makes of its words.</summary>
    internal static Command Of(string name, string text, Argument[] arguments, Option[] options, Func<ParseResult, GovernanceAction> make) =>
        Of(name, text, arguments, options, (parsed, _, _) => Task.FromResult(make(parsed)));

    /// <summary>The same for one that asks the node first.</summary>
    internal static Command Of(string name, string text, Argument[] arguments, Option[] options, Func<ParseResult, NodeClient, CancellationToken, Task<GovernanceAction>> make)
    {
        var key = CommonOptions.Key();
        var password = CommonOptions.PasswordFile();
        var node = CommonOptions.Node();
        var reason = new Option<string>("--reason") { Description = "For the other validators: up to 1024 bytes", DefaultValueFactory = _ => "" };
        var command = new Command(name, text);
        foreach (var argument in arguments) command.Add(argument);
        foreach (var option in options.Concat([reason, key, password, node])) command.Add(option);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = new NodeClient(parsed.GetValue(node)!);
            var action = await make(parsed, client, cancellationToken).ConfigureAwait(false);
            var signer = CommonOptions.LoadKey(parsed.GetValue(key)!, parsed.GetValue(password));
            var sequence = (await new ValidatorClient(client).ValidatorAsync(signer.Address, cancellationToken).ConfigureAwait(false)).Sequence;
            var proposal = new GovernanceProposal { Sequence = sequence, Action = action, Reason = parsed.GetValue(reason) };
            return await SignedMessage.OperateAsync(client, signer, body => body.GovernanceProposal = proposal, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    private static ParameterSetting Setting(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? new ParameterSetting { Key = text[..equals], Value = text[(equals + 1)..] }
            : throw new OperatorException($"settings: key=value wanted, not \"{text}\"");
    }
}
