using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>
/// A transaction of an account that several keys hold, on its way from one member to the next: what is to be signed, and who has. Each member
/// adds its signature on its own machine; the file holds no secret, and whoever has it can send it once enough have signed.
/// </summary>
internal sealed class TransactionDraft
{
    private static readonly MessageParser<TransactionBody> Parser = TransactionBody.Parser.WithDiscardUnknownFields(true);

    private readonly SortedDictionary<Address, Signature> _signatures = [];

    /// <summary>A body that names the account of this policy as its sender.</summary>
    public TransactionDraft(MultiSignaturePolicy policy, TransactionBody body)
    {
        Invariant.Check(body.Sender.Span.SequenceEqual(policy.Address.ToArray()), "a draft is of its own account");
        (Policy, Body) = (policy, body);
    }

    public MultiSignaturePolicy Policy { get; }

    public TransactionBody Body { get; }

    /// <summary>Members that have signed, ascending.</summary>
    public IReadOnlyCollection<Address> Signers => _signatures.Keys;

    public bool IsComplete => _signatures.Count >= Policy.Threshold;

    /// <summary>False where the key is no member's.</summary>
    public bool TrySign(PrivateKey key)
    {
        if (!Policy.Members.Contains(key.Address)) return false;
        _signatures[key.Address] = key.Sign(Transaction.DigestOf(Body));
        return true;
    }

    /// <summary>The whole transaction; the draft must be complete.</summary>
    public Transaction Assemble() => Transaction.Assemble(Body, Policy, _signatures.Select(entry => (entry.Key, entry.Value)));

    /// <exception cref="OperatorException">There is no such file, or it is no draft, or a signature in it is not its member's.</exception>
    public static TransactionDraft Load(string path)
    {
        var json = PolicyFile.ReadObject(path, "draft");
        if (!TryRead(json, out var draft)) throw new OperatorException($"draft: {path} is harmed or of something else");
        return draft;
    }

    public void Save(string path) => PolicyFile.Write(path, new JsonObject
    {
        ["policy"] = PolicyFile.ToJson(Policy),
        ["body"] = Hex.Encode(Body.ToByteArray()),
        ["signatures"] = new JsonArray([.. _signatures.Select(entry => new JsonObject { ["member"] = entry.Key.ToString(), ["signature"] = Hex.Encode(entry.Value.Bytes.ToArray()) })]),
    });

    private static bool TryRead(JsonObject json, [NotNullWhen(true)] out TransactionDraft? draft)
    {
        draft = null;
        try
        {
            if (PolicyFile.Read(json["policy"]) is not { } policy || !Hex.TryDecode(json["body"]?.GetValue<string>(), out var bytes)) return false;
            if (bytes.Length > Limits.TransactionBytesMax || json["signatures"] is not JsonArray signatures) return false;
            var body = Parser.ParseFrom(bytes);
            // What is shown to a member is what it signs: no field of a newer version, no second spelling.
            if (!body.ToByteArray().AsSpan().SequenceEqual(bytes) || !body.Sender.Span.SequenceEqual(policy.Address.ToArray())) return false;
            if (!Hash256.TryFromBytes(body.Genesis.Span, out var genesis) || TransactionShape.Check(body, new GenesisHash(genesis)) != TransactionFault.None) return false;
            if (body.MessageCase >= TransactionBody.MessageOneofCase.SeedChainRegistration) return false; // signed by validators, which are single keys
            var read = new TransactionDraft(policy, body);
            var digest = Transaction.DigestOf(body);
            foreach (var entry in signatures)
            {
                if (!Address.TryParse(entry?["member"]?.GetValue<string>(), out var member) || !policy.Members.Contains(member)) return false;
                if (!Hex.TryDecode(entry["signature"]?.GetValue<string>(), out var signed) || !Signature.TryFromBytes(signed, out var signature)) return false;
                if (!signature.IsBy(member, digest)) return false;
                read._signatures[member] = signature;
            }

            draft = read;
            return true;
        }
        catch (Exception malformed) when (malformed is InvalidOperationException or FormatException or InvalidProtocolBufferException)
        {
            return false;
        }
    }
}
