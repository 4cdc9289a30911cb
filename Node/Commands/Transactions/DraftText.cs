using System.Globalization;
using System.Text;
using NeuroChain.Chain;
using NeuroChain.Types.V1;
using static NeuroChain.Types.V1.TransactionBody;

namespace NeuroChain.Node;

/// <summary>What a draft says, in lines for whoever is to sign it.</summary>
internal static class DraftText
{
    public static IEnumerable<string> Of(TransactionDraft draft)
    {
        var body = draft.Body;
        yield return $"from          {draft.Policy.Address}";
        foreach (var line in MessageOf(body)) yield return line;
        yield return $"fee           {NtkText.Of(body.Fee)} NTK";
        yield return $"nonce         {body.Nonce}";
        yield return body.ExpiryHeight == 0 ? "expires       never" : $"expires       after block {body.ExpiryHeight}";
        yield return $"chain         {Hex.Encode(body.Genesis.Span)}";
        yield return $"signatures    {draft.Signers.Count} of {draft.Policy.Threshold}";
        foreach (var member in draft.Policy.Members) yield return $"  {member} {(draft.Signers.Contains(member) ? "signed" : "-")}";
    }

    private static IEnumerable<string> MessageOf(TransactionBody body) => body.MessageCase switch
    {
        MessageOneofCase.Transfer => [Payment(body.Transfer.To, body.Transfer.Amount), .. Memo(body.Transfer.Memo)],
        MessageOneofCase.BatchTransfer => [.. body.BatchTransfer.Payments.Select(payment => Payment(payment.To, payment.Amount)), .. Memo(body.BatchTransfer.Memo)],
        MessageOneofCase.Burn => [$"burn          {NtkText.Of(body.Burn.Amount)} NTK"],
        _ => [$"message       {Visible(body.ToString())}"], // another program made it: the whole body as JSON
    };

    private static string Payment(Google.Protobuf.ByteString to, Google.Protobuf.ByteString amount) =>
        $"send          {NtkText.Of(amount)} NTK to {Address.FromBytes(to.Span)}";

    // Text of anybody: a control character could rewrite the very lines that the decision is based on.
    private static IEnumerable<string> Memo(string memo)
    {
        if (memo.Length > 0) yield return $"memo          {Visible(memo)}";
    }

    // Whole characters, for those beyond the first plane (tags are some) are two of C#'s each.
    private static string Visible(string text) => string.Concat(text.EnumerateRunes().Select(rune => IsSilent(rune) ? "?" : rune.ToString()));

    private static bool IsSilent(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}
