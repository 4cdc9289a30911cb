using System.CommandLine;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>neurochain validator bond, unbond: puts NTK down, or asks it back.</summary>
internal static class BondCommand
{
    public static Command Create(string name)
    {
        var key = CommonOptions.Key();
        var password = CommonOptions.PasswordFile();
        var node = CommonOptions.Node();
        var amount = new Option<string>("--amount") { Description = "NTK", Required = true };
        var text = name == "bond" ? "Put NTK down as the key's bond" : "Ask part of the bond back; it is paid when evidence would have expired";
        var command = new Command(name, text) { amount, key, password, node };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (!Amount.TryParseNtk(parsed.GetValue(amount), out var sum)) throw new OperatorException("--amount: NTK as a decimal number");
            var signer = CommonOptions.LoadKey(parsed.GetValue(key)!, parsed.GetValue(password));
            using var client = new NodeClient(parsed.GetValue(node)!);
            return await SignedMessage.PayAsync(client, signer, null, Fill, cancellationToken).ConfigureAwait(false);

            void Fill(TransactionBody body)
            {
                if (name == "bond") body.Bond = new Bond { Amount = sum.ToByteString() };
                else body.Unbond = new Unbond { Amount = sum.ToByteString() };
            }
        });
        return command;
    }
}
