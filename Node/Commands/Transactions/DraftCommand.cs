using System.CommandLine;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>neurochain tx sign, tx send: a draft goes round the members of an account, and then into a block.</summary>
internal static class DraftCommand
{
    /// <summary>Writes what the members are to sign.</summary>
    public static async Task<int> CreateAsync(
        NodeClient client, MultiSignaturePolicy policy, string file, Amount? fee, Action<TransactionBody> fill, CancellationToken cancellationToken)
    {
        if (File.Exists(file)) throw new OperatorException($"--draft: {file} is there already");
        var asked = new TransactionBody();
        fill(asked);
        if (asked.ExpiryHeight == 0)
            throw new OperatorException("--expiry: a draft needs a last height; without one, signatures that were collected and not used stay good for as long as no other transaction of the account is sent");
        var draft = await client.DraftAsync(policy, fee, fill, cancellationToken).ConfigureAwait(false);
        draft.Save(file);
        Show(draft);
        return 0;
    }

    public static Command Sign()
    {
        var file = new Argument<string>("draft") { Description = "File that --draft wrote" };
        var (key, password) = (CommonOptions.Key(), CommonOptions.PasswordFile());
        var command = new Command("sign", "Show what a draft says and add a member's signature to it; no node is asked") { file, key, password };
        command.SetAction(parsed =>
        {
            var draft = TransactionDraft.Load(parsed.GetValue(file)!);
            var signer = CommonOptions.LoadKey(parsed.GetValue(key)!, parsed.GetValue(password));
            if (!draft.TrySign(signer)) throw new OperatorException($"{signer.Address} is no member of {draft.Policy.Address}");
            draft.Save(parsed.GetValue(file)!);
            Show(draft);
            return 0;
        });
        return command;
    }

    public static Command Send()
    {
        var file = new Argument<string>("draft") { Description = "File with the signatures" };
        var node = CommonOptions.Node();
        var command = new Command("send", "Send a draft that enough members have signed, and wait until it is in a block") { file, node };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var draft = TransactionDraft.Load(parsed.GetValue(file)!);
            if (!draft.IsComplete) throw new OperatorException($"draft: {draft.Signers.Count} of {draft.Policy.Threshold} signatures are there");
            using var client = new NodeClient(parsed.GetValue(node)!);
            return await SignedMessage.SendAsync(client, draft.Assemble(), cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    private static void Show(TransactionDraft draft)
    {
        foreach (var line in DraftText.Of(draft)) Console.WriteLine(line);
    }
}
