using System.CommandLine;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>neurochain validator rotate-key: another key takes the place of a validator's, signed by both.</summary>
internal static class RotateKeyCommand
{
    public static Command Create()
    {
        var key = CommonOptions.Key();
        var password = CommonOptions.PasswordFile();
        var node = CommonOptions.Node();
        var next = new Option<string>("--new-key") { Description = "Key file of the new key", Required = true };
        var nextPassword = new Option<string?>("--new-password-file") { Description = "Its password; the same as the old key's by default" };
        var command = new Command("rotate-key", "Replace a validator's key; start its node with the new one from two heights later on") { next, nextPassword, key, password, node };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var old = CommonOptions.LoadKey(parsed.GetValue(key)!, parsed.GetValue(password));
            var fresh = CommonOptions.LoadKey(parsed.GetValue(next)!, parsed.GetValue(nextPassword) ?? parsed.GetValue(password));
            using var client = new NodeClient(parsed.GetValue(node)!);
            var genesis = await client.GenesisAsync(cancellationToken).ConfigureAwait(false);
            var sequence = (await new ValidatorClient(client).ValidatorAsync(old.Address, cancellationToken).ConfigureAwait(false)).Sequence;
            var consent = fresh.Sign(KeyRotations.Consent(genesis.Hash, old.Address, fresh.Address, sequence).Digest);
            var rotation = new KeyRotation { Sequence = sequence, NewAddress = fresh.Address.ToByteString(), Signature = ByteString.CopyFrom(consent.Bytes) };
            return await SignedMessage.OperateAsync(client, old, body => body.KeyRotation = rotation, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }
}
