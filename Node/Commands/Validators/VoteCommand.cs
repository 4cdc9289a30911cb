using System.CommandLine;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>neurochain validator vote: a validator's word on a proposal, for good.</summary>
internal static class VoteCommand
{
    public static Command Create()
    {
        var id = new Argument<ulong>("proposal") { Description = "Number of the proposal" };
        var word = new Argument<string>("word") { Description = "yes or no" };
        var key = CommonOptions.Key();
        var password = CommonOptions.PasswordFile();
        var node = CommonOptions.Node();
        var command = new Command("vote", "Vote on a proposal") { id, word, key, password, node };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var approve = parsed.GetValue(word) switch
            {
                "yes" => true,
                "no" => false,
                _ => throw new OperatorException("word: yes or no"),
            };
            var signer = CommonOptions.LoadKey(parsed.GetValue(key)!, parsed.GetValue(password));
            using var client = new NodeClient(parsed.GetValue(node)!);
            var vote = new GovernanceVote { Proposal = parsed.GetValue(id), Approve = approve };
            return await SignedMessage.OperateAsync(client, signer, body => body.GovernanceVote = vote, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }
}
