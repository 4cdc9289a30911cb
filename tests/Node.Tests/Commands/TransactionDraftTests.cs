using System.Text.Json.Nodes;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

/// <summary>What members of an account hand to each other as a file: whoever signs sees what it signs, and nothing forged gets further.</summary>
public sealed class TransactionDraftTests : IDisposable
{
    private static readonly PrivateKey[] Keys = [.. Enumerable.Range(0, 3).Select(i => TrainedChain.Key(5_000 + i))];
    private static readonly GenesisHash Genesis = new(Hash256.Sha256("a chain"u8));

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("neurochain-draft-");

    private string File => Path.Combine(_folder.FullName, "draft.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void MembersSignApartAndTheWholeIsTheirTransaction()
    {
        Draft().Save(File);
        foreach (var key in Keys[1..])
        {
            var draft = TransactionDraft.Load(File);
            Assert.False(draft.IsComplete);
            Assert.True(draft.TrySign(key));
            draft.Save(File);
        }

        var whole = TransactionDraft.Load(File);
        Assert.True(whole.IsComplete);
        Assert.Equal(Keys[1..].Select(key => key.Address).Order(), whole.Signers);
        var transaction = whole.Assemble();
        Assert.True(Transaction.TryDecode(transaction.Bytes.Span, Genesis, out var read, out _));
        Assert.Equal(whole.Policy.Address, read.Sender);
        Assert.Equal(2, read.SignatureCount);
    }

    [Fact]
    public void AStrangerDoesNotSign()
    {
        var draft = Draft();
        Assert.False(draft.TrySign(TrainedChain.Key(5_100)));
        Assert.Empty(draft.Signers);
    }

    [Fact]
    public void WhatItSaysIsShownWithoutCharactersThatHideIt()
    {
        var text = string.Join('\n', DraftText.Of(Draft("paid\u001b[2K\u202e")));
        Assert.Contains($"send          7 NTK to {Keys[0].Address}", text, StringComparison.Ordinal);
        Assert.Contains("memo          paid?[2K?", text, StringComparison.Ordinal);
        Assert.Contains("signatures    0 of 2", text, StringComparison.Ordinal);
        Assert.Contains(Hex.Encode(Genesis.Value.ToArray()), text, StringComparison.Ordinal);
    }

    // Tags, U+E0000 on, are two of C#'s characters each and show as nothing; another program's message is shown as JSON with whatever it has.
    [Fact]
    public void CharactersBeyondTheFirstPlaneHideNothing()
    {
        var text = string.Join('\n', DraftText.Of(Draft("paid\U000E0041\U000E007F \U0001F600")));
        Assert.Contains("memo          paid?? \U0001F600", text, StringComparison.Ordinal);
        Assert.True(MultiSignaturePolicy.TryCreate(2, Keys.Select(key => key.Address), out var policy));
        var body = new TransactionBody { Genesis = Genesis.Value.ToByteString(), Sender = policy.Address.ToByteString(), Fee = Amount.FromNtk(1).ToByteString() };
        body.DatasetDeltaProposal = new DatasetDeltaProposal { Reason = "a\u2066b\u2069" };
        text = string.Join('\n', DraftText.Of(new TransactionDraft(policy, body)));
        Assert.Contains("a?b?", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u2066', text);
    }

    [Fact]
    public async Task ADraftNeedsALastHeight()
    {
        using var client = new NodeClient("127.0.0.1:1");
        var refused = await Assert.ThrowsAsync<OperatorException>(() => DraftCommand.CreateAsync(client, Draft().Policy, File, null, body => body.Transfer = new Transfer(), TestContext.Current.CancellationToken));
        Assert.StartsWith("--expiry", refused.Message, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(File));
    }

    [Theory]
    [InlineData("another amount")]
    [InlineData("another member's signature")]
    [InlineData("a lower threshold")]
    [InlineData("an unknown field")]
    [InlineData("a stranger among the signers")]
    [InlineData("a message of validators")]
    [InlineData("an address of four bytes")]
    [InlineData("no signatures")]
    [InlineData("a number for a body")]
    public void WhatWasChangedIsRefused(string change)
    {
        var draft = Draft();
        Assert.True(draft.TrySign(Keys[0]));
        Assert.True(draft.TrySign(Keys[1]));
        draft.Save(File);
        var json = JsonNode.Parse(System.IO.File.ReadAllText(File))!.AsObject();
        switch (change)
        {
            case "another amount":
                json["body"] = Changed(body => body.Transfer.Amount = Amount.FromNtk(8).ToByteString());
                break;
            case "another member's signature":
                json["signatures"]![0]!["signature"] = json["signatures"]![1]!["signature"]!.GetValue<string>();
                break;
            case "a lower threshold":
                json["policy"]!["threshold"] = 1;
                break;
            case "an unknown field":
                json["body"] = json["body"]!.GetValue<string>() + "c03e01"; // field 1000
                break;
            case "a stranger among the signers":
                json["signatures"]![0]!["member"] = TrainedChain.Key(5_100).Address.ToString();
                break;
            case "a message of validators":
                json["body"] = Changed(body => (body.GovernanceVote, body.Fee) = (new GovernanceVote { Proposal = 1 }, ByteString.Empty));
                json["signatures"] = new JsonArray();
                break;
            case "an address of four bytes":
                json["body"] = Changed(body => body.Transfer.To = ByteString.CopyFrom(1, 2, 3, 4));
                json["signatures"] = new JsonArray();
                break;
            case "no signatures":
                json.Remove("signatures");
                break;
            default:
                json["body"] = 7;
                break;
        }

        System.IO.File.WriteAllText(File, json.ToJsonString());
        Assert.Contains("harmed", Assert.Throws<OperatorException>(() => TransactionDraft.Load(File)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"threshold\":")]
    [InlineData("{\"threshold\":2,\"members\":[\"0x12\"]}")]
    public void WhatIsNoPolicyIsRefusedInOneLine(string content)
    {
        System.IO.File.WriteAllText(File, content);
        Assert.Throws<OperatorException>(() => PolicyFile.Load(File));
        Assert.Throws<OperatorException>(() => TransactionDraft.Load(File));
    }

    [Fact]
    public void APolicyFileIsNeverWrittenOverAndReadsBack()
    {
        var policy = Draft().Policy;
        PolicyFile.Save(File, policy);
        Assert.Equal(policy.Address, PolicyFile.Load(File).Address);
        Assert.Throws<OperatorException>(() => PolicyFile.Save(File, policy));
        System.IO.File.WriteAllBytes(File, new byte[PolicyFile.BytesMax + 1]);
        Assert.Contains("larger", Assert.Throws<OperatorException>(() => PolicyFile.Load(File)).Message, StringComparison.Ordinal);
    }

    private static string Changed(Action<TransactionBody> change)
    {
        var body = Draft().Body;
        change(body);
        return Hex.Encode(body.ToByteArray());
    }

    private static TransactionDraft Draft(string memo = "")
    {
        Assert.True(MultiSignaturePolicy.TryCreate(2, Keys.Select(key => key.Address), out var policy));
        var body = new TransactionBody
        {
            Genesis = Genesis.Value.ToByteString(),
            Sender = policy.Address.ToByteString(),
            Nonce = 3,
            Fee = Amount.FromNtk(1).ToByteString(),
            Transfer = new Transfer { To = Keys[0].Address.ToByteString(), Amount = Amount.FromNtk(7).ToByteString(), Memo = memo },
        };
        return new TransactionDraft(policy, body);
    }
}
