using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>A decided block as the API shows it.</summary>
internal static class BlockMessage
{
    public static V1.Block Of(CommittedBlock committed, BlockOutcome outcome, V1.BlockParts? leaveOut = null)
    {
        var (block, certificate) = committed;
        var header = block.Header;
        var message = new V1.Block
        {
            Height = header.Height.Value,
            Hash = block.Hash.Value.ToByteString(),
            Header = ByteString.CopyFrom(header.Encode()),
            Parent = header.Parent.Value.ToByteString(),
            Author = header.Author.ToByteString(),
            BuiltRound = header.BuiltRound.Value,
            TimeMs = header.Time.Milliseconds,
            StateRoot = header.StateRoot.Value.ToByteString(),
            CommitCertificate = ByteString.CopyFrom(certificate.Encode()),
            TrainingProof = block.TrainingProof is { } proof ? ByteString.CopyFrom(proof.Bytes.Span) : ByteString.Empty,
        };
        if (block.TrainingProof is { } elected)
        {
            message.Training = TrainingOf(header.TrainingSummary);
            message.VerificationRatioMillionths = VerificationRatio(elected);
        }

        for (var i = 0; i < block.Transactions.Length; i++)
        {
            var receipt = outcome.Receipts[i];
            message.Transactions.Add(new V1.BlockTransaction
            {
                Hash = receipt.Transaction.Value.ToByteString(),
                Raw = leaveOut is { Raw: true } ? ByteString.Empty : ByteString.CopyFrom(block.Transactions[i].Span),
                Code = receipt.Code,
                Reason = ReasonOf(receipt),
                Fee = receipt.Fee.ToByteString(),
            });
        }

        if (leaveOut is { Events: true }) return message;
        foreach (var (index, happened) in outcome.Events.Index())
        {
            var shown = new V1.BlockEvent { Index = (uint)index, Kind = happened.Kind, Transaction = happened.Transaction };
            shown.Attributes.AddRange(happened.Attributes.Select(a => new V1.BlockEventAttribute { Key = a.Key, Value = a.Value }));
            message.Events.Add(shown);
        }

        return message;
    }

    private static V1.TrainingSummary TrainingOf(TrainingSummary summary) => new()
    {
        LossSumBefore = summary.LossBefore,
        LossSumAfter = summary.LossAfter,
        DifferenceSquareSum = ByteString.CopyFrom(new ByteWriter().UInt128(summary.DifferenceSquareSum).ToArray()),
        Samples = summary.Samples,
        RequiredGainMillionths = summary.RequiredGainMillionths,
        ZAskedThousandths = summary.ZAskedThousandths,
        ZReachedThousandths = summary.ZReachedThousandths,
    };

    // A step of training is a forward pass and a backward one of twice its work.
    private static ulong VerificationRatio(TrainingProof proof)
    {
        var statement = proof.Certificate.Statement;
        var evaluated = (UInt128)statement.Samples * (ulong)(1 + statement.Candidates.Length);
        var trained = (UInt128)proof.Manifest.TrainedSamples * 3;
        return trained == UInt128.Zero ? 0 : (ulong)(evaluated * 1_000_000 / trained);
    }

    public static string ReasonOf(Receipt receipt) => receipt.IsSuccess ? "" : ((TransactionRejection)receipt.Code).ToString();
}
