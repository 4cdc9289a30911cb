using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Learning;
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
            message.VerificationOfDeclaredWorkMillionths = VerificationRatio(elected.Certificate.Statement, elected.Manifest.TrainedSamples);
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

    /// <summary>
    /// Millionths: the losses of the certificate against the training that the winner's manifest declares, a forward pass of one sample the unit. A block knows no more of
    /// its round: stamped triggers, the models that candidates are compared with, the probe, private samples and re-checks are not in it.
    /// </summary>
    internal static ulong VerificationRatio(TrainingStatement statement, ulong trainedSamples)
    {
        var evaluated = (UInt128)statement.Samples * (ulong)(1 + statement.Candidates.Length);
        var trained = (UInt128)trainedSamples * WorkMeter.PassesPerTrainedSample;
        return trained == UInt128.Zero ? 0 : (ulong)(evaluated * 1_000_000 / trained);
    }

    public static string ReasonOf(Receipt receipt) => receipt.IsSuccess ? "" : ((TransactionRejection)receipt.Code).ToString();
}
