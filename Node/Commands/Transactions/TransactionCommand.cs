using System.CommandLine;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>neurochain tx: signs transactions and follows them into a block.</summary>
internal static class TransactionCommand
{
    public static Command Create()
    {
        var to = new Option<string>("--to") { Description = "Receiver", Required = true };
        var amount = new Option<string>("--amount") { Description = "NTK", Required = true };
        var memo = new Option<string>("--memo") { Description = "Up to 256 bytes", DefaultValueFactory = _ => "" };
        var transfer = Of("transfer", "Send NTK and wait until it is in a block", [], [to, amount, memo], parsed =>
        {
            var message = new Transfer
            {
                To = AddressArgument.Parse(parsed.GetValue(to), "--to").ToByteString(),
                Amount = Ntk(parsed.GetValue(amount), "--amount").ToByteString(),
                Memo = parsed.GetValue(memo),
            };
            return body => body.Transfer = message;
        });

        var payments = new Argument<string[]>("payments") { Description = "address=NTK, up to 256 of them", Arity = ArgumentArity.OneOrMore };
        var batch = Of("batch", "Send NTK to several receivers: all payments or none", [payments], [memo], parsed =>
        {
            var message = new BatchTransfer { Payments = { parsed.GetValue(payments)!.Select(PaymentOf) }, Memo = parsed.GetValue(memo) };
            return body => body.BatchTransfer = message;
        });

        var burn = Of("burn", "Destroy NTK for good", [], [amount], parsed =>
        {
            var message = new Burn { Amount = Ntk(parsed.GetValue(amount), "--amount").ToByteString() };
            return body => body.Burn = message;
        });
        return new Command("tx", "Sign and send transactions") { transfer, batch, burn, DraftCommand.Sign(), DraftCommand.Send() };
    }

    private static Command Of(string name, string text, Argument[] arguments, Option[] options, Func<ParseResult, Action<TransactionBody>> make)
    {
        var key = CommonOptions.Key();
        key.Required = false;
        var policy = new Option<string?>("--policy") { Description = "Policy file of an account that several keys hold, in place of --key" };
        var draft = new Option<string?>("--draft") { Description = "File for what the keys of that account are to sign" };
        var password = CommonOptions.PasswordFile();
        var node = CommonOptions.Node();
        var fee = new Option<string?>("--fee") { Description = "NTK; by default what the next block asks and half as much again" };
        var expiry = new Option<ulong>("--expiry") { Description = "Last height at which it may be in a block; 0: any, but a draft needs one" };
        var command = new Command(name, text);
        foreach (var argument in arguments) command.Add(argument);
        foreach (var option in options.Concat([fee, expiry, key, password, policy, draft, node])) command.Add(option);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var message = make(parsed);
            Amount? offered = parsed.GetValue(fee) is { } given ? Ntk(given, "--fee") : null;
            var (keyFile, policyFile, draftFile) = (parsed.GetValue(key), parsed.GetValue(policy), parsed.GetValue(draft));
            if (keyFile is null == policyFile is null || policyFile is null != draftFile is null)
                throw new OperatorException("--key signs for itself; an account of several keys needs --policy and --draft");
            using var client = new NodeClient(parsed.GetValue(node)!);
            if (policyFile is not null) return await DraftCommand.CreateAsync(client, PolicyFile.Load(policyFile), draftFile!, offered, Fill, cancellationToken).ConfigureAwait(false);
            var signer = CommonOptions.LoadKey(keyFile!, parsed.GetValue(password));
            return await SignedMessage.PayAsync(client, signer, offered, Fill, cancellationToken).ConfigureAwait(false);

            void Fill(TransactionBody body)
            {
                message(body);
                body.ExpiryHeight = parsed.GetValue(expiry);
            }
        });
        return command;
    }

    private static Payment PaymentOf(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0) throw new OperatorException($"payments: address=NTK wanted, not \"{text}\"");
        return new Payment { To = AddressArgument.Parse(text[..equals], "payments").ToByteString(), Amount = Ntk(text[(equals + 1)..], "payments").ToByteString() };
    }

    private static Amount Ntk(string? text, string name) =>
        Amount.TryParseNtk(text, out var amount) ? amount : throw new OperatorException($"{name}: NTK as a decimal number");
}
