using System.CommandLine;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Node.V1;
using NeuroChain.P2P;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>neurochain tx: signs transactions and follows them into a block.</summary>
internal static class TransactionCommand
{
    public static Command Create()
    {
        var key = CommonOptions.Key();
        var password = CommonOptions.PasswordFile();
        var node = CommonOptions.Node();
        var to = new Option<string>("--to") { Description = "Receiver", Required = true };
        var amount = new Option<string>("--amount") { Description = "NTK", Required = true };
        var fee = new Option<string?>("--fee") { Description = "NTK; the least that the chain takes by default" };
        var memo = new Option<string>("--memo") { Description = "Up to 256 bytes", DefaultValueFactory = _ => "" };
        var transfer = new Command("transfer", "Send NTK and wait until it is in a block") { to, amount, fee, memo, key, password, node };
        transfer.SetAction(async (parsed, cancellationToken) =>
        {
            if (!Address.TryParse(parsed.GetValue(to), out var receiver)) throw new OperatorException("--to: 0x and 40 hexadecimal digits");
            if (!Amount.TryParseNtk(parsed.GetValue(amount), out var sum)) throw new OperatorException("--amount: NTK as a decimal number");
            var offered = Amount.Zero;
            if (parsed.GetValue(fee) is { } text && !Amount.TryParseNtk(text, out offered)) throw new OperatorException("--fee: NTK as a decimal number");
            var signer = CommonOptions.LoadKey(parsed.GetValue(key)!, parsed.GetValue(password));
            using var client = new NodeClient(parsed.GetValue(node)!);
            var body = await client.NewBodyAsync(signer.Address, offered.IsZero ? null : offered, cancellationToken).ConfigureAwait(false);
            body.Transfer = new Transfer { To = receiver.ToByteString(), Amount = sum.ToByteString(), Memo = parsed.GetValue(memo) };
            var hash = await client.SubmitAsync(Transaction.Sign(body, signer), cancellationToken).ConfigureAwait(false);
            Console.WriteLine(hash);
            var placed = await client.WaitAsync(hash, TimeSpan.FromSeconds(60), cancellationToken).ConfigureAwait(false);
            Console.WriteLine(placed.Code == 0 ? $"in block {placed.Height}" : $"failed in block {placed.Height}: {placed.Reason}");
            return placed.Code == 0 ? 0 : 1;
        });
        return new Command("tx", "Sign and send transactions") { transfer };
    }
}
