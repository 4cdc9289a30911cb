using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Chain.Tests;
using NeuroChain.Learning;
using NeuroChain.Ledger;
using NeuroChain.Node;

namespace NeuroChain.Fuzz;

/// <summary>Decoders of Node: what peers and the evaluator process say, and the files beside the state.</summary>
internal static class NodeTargets
{
    public static readonly ImmutableArray<FuzzTarget> All =
    [
        new("peer-message", ["PeerMessage.TryDecode", "TransactionsMessage.Decode", "MissingMessage.Decode", "SuppliedMessage.Decode"], s => AnyMessage(s).Encode(), bytes => PeerMessage.TryDecode(bytes, out var message) ? message.Encode() : null),
        new("blocks-answer", ["PeerRelay.TryDecodeBlock"], s => new ByteWriter().LengthAndBytes(ChainTargets.Bytes(s, 200)).Bytes(ChainFormats.AnyCommit(s).Encode()).ToArray(), ReencodeAnswer),
        new("undo-record", ["UndoRecord.TryDecode"], AnyUndo, bytes => UndoRecord.TryDecode(bytes, out var undo) ? UndoRecord.Encode(undo).ToArray() : null),
        new("kept-block", ["KeptBlock.Read"], AnyKept, ReencodeKept),
        new("snapshot-blocks", ["SnapshotBlocks.TryDecode"], AnyAround, bytes => SnapshotBlocks.TryDecode(bytes, out var around) ? around.Encode() : null),
        new("snapshot-list", ["SnapshotList.TryDecode"], AnySnapshots, bytes => SnapshotList.TryDecode(bytes, out var list) ? list.Encode() : null),
        new("height-certificates", ["HeightCertificates.TryDecode"], AnyHeight, bytes => HeightCertificates.TryDecode(bytes, out var read) ? read.Encode() : null),
        new("pending-attestation", ["PendingAttestation.Decode"], s => new PendingAttestation(s.NextHash(), ChainTargets.AnyProof(s).Certificate.Statement, Numbers(s)).Encode(),
            bytes => PendingAttestation.Decode(bytes)?.Encode()),
        new("evaluation-request", ["EvaluationRequest.Decode"], AnyRequest, bytes => EvaluationRequest.Decode(bytes)?.Encode()),
        new("checkpoint-report", ["CheckpointReport.Decode"], AnyReport, bytes => CheckpointReport.Decode(bytes)?.Encode()),
        // As the page takes them of strangers: no longer ones come so far.
        new("withdrawal-terms", ["WithdrawalTerms.Parse"], AnyTerms, ReencodeTerms) { Spelling = Spelling.Several, MostBytes = 2 * 1024, TestInputs = 3_000 },
    ];

    private static byte[] AnyTerms(SeededStream s)
    {
        var body = ChainFormats.AnyBody(s, Types.V1.TransactionBody.MessageOneofCase.BridgeWithdraw);
        body.Sender = Google.Protobuf.ByteString.CopyFrom(ChainFormats.AnyAddress(s).ToArray());
        return (WithdrawalTerms.Of(body) with { Signature = Hex.Encode(ChainFormats.AnySignature(s).Bytes) }).ToJson();
    }

    private static byte[]? ReencodeTerms(byte[] bytes)
    {
        try
        {
            var terms = WithdrawalTerms.Parse(bytes);
            _ = terms.ToEnvelope();
            return terms.ToJson();
        }
        catch (P2P.RpcException)
        {
            return null;
        }
    }

    private static PeerMessage AnyMessage(SeededStream s)
    {
        switch (s.NextBelow(12))
        {
            case 0:
                Assert.True(SignedProposal.TryDecode(ChainFormats.Named("proposal").Make(s), out var proposal));
                return new PeerMessage.ProposalMessage(proposal, CompactBlock.Of(ChainFormats.AnyBlock(s)));
            case 1:
                Assert.True(SignedVote.TryDecode(ChainFormats.Named("vote").Make(s), out var vote));
                return new PeerMessage.VoteMessage(vote);
            case 2:
                Assert.True(PolkaCertificate.TryDecode(ChainFormats.Named("polka certificate").Make(s), out var polka));
                return new PeerMessage.PolkaMessage(polka);
            case 3:
                Assert.True(RoundCertificate.TryDecode(ChainFormats.Named("round certificate").Make(s), out var round));
                return new PeerMessage.RoundMessage(round);
            case 4:
                return new PeerMessage.StatusMessage(new Height(s.NextUInt64()));
            case 5:
                return new PeerMessage.TransactionsMessage([.. Enumerable.Range(0, 1 + (int)s.NextBelow(4)).Select(_ => (ReadOnlyMemory<byte>)ChainTargets.Bytes(s, 120))]);
            case 6:
                return new PeerMessage.AnnouncementMessage([.. Hashes(s)]);
            case 7:
                return new PeerMessage.WantedMessage([.. Hashes(s)]);
            case 8:
                return new PeerMessage.MissingMessage(new BlockHash(s.NextHash()), [.. Enumerable.Range(0, 1 + (int)s.NextBelow(4)).Select(i => (ushort)(7 * i))]);
            case 9:
                return new PeerMessage.SuppliedMessage(new BlockHash(s.NextHash()), [.. Enumerable.Range(0, 1 + (int)s.NextBelow(4)).Select(i => ((ushort)i, (ReadOnlyMemory<byte>)ChainTargets.Bytes(s, 120)))]);
            case 10:
                return new PeerMessage.CommitMessage(ChainFormats.AnyCommit(s));
            default:
                return new PeerMessage.LinksMessage([.. Enumerable.Range(0, (int)s.NextBelow(4)).Select(_ => ChainFormats.AnyAddress(s))]);
        }
    }

    private static IEnumerable<TransactionHash> Hashes(SeededStream s) => Enumerable.Range(0, 1 + (int)s.NextBelow(4)).Select(_ => new TransactionHash(s.NextHash()));

    private static byte[]? ReencodeAnswer(byte[] bytes) =>
        PeerRelay.TryDecodeBlock(bytes, out var block, out var certificate) ? new ByteWriter().LengthAndBytes(block.Span).Bytes(certificate.Span).ToArray() : null;

    private static byte[] AnyHeight(SeededStream s)
    {
        Assert.True(ValidatorSet.TryDecode(ChainFormats.Named("validator set").Make(s), out var set));
        var commit = ChainFormats.AnyCommit(s);
        var polkas = Enumerable.Range(0, (int)s.NextBelow(4)).Select(_ =>
        {
            Assert.True(PolkaCertificate.TryDecode(ChainFormats.Named("polka certificate").Make(s), out var polka));
            return polka with { Height = commit.Height };
        });
        return new HeightCertificates(new GenesisHash(s.NextHash()), set, commit, [.. polkas]).Encode();
    }

    private static byte[] AnyUndo(SeededStream s)
    {
        var undo = new SortedDictionary<StateKey, byte[]?>();
        for (var left = s.NextBelow(6); left > 0; left--)
            undo[StateKey.Of(StateModule.Accounts, 1, ChainFormats.AnyAddress(s))] = s.NextChance(1, 3) ? null : ChainTargets.Bytes(s, 60);
        return UndoRecord.Encode([.. undo]).ToArray();
    }

    private static byte[] AnyKept(SeededStream s) => Encode(AnyKeptBlock(s));

    private static KeptBlock AnyKeptBlock(SeededStream s)
    {
        var items = new ByteWriter().LengthAndBytes(ChainTargets.Bytes(s, 60)).LengthAndBytes(ChainTargets.Bytes(s, 60)).ToArray();
        return new KeptBlock(ChainFormats.AnyBlock(s), ChainFormats.AnyCommit(s), items, s.NextChance(1, 2) ? [] : items);
    }

    private static byte[] AnyAround(SeededStream s) => new SnapshotBlocks([.. Enumerable.Range(0, 1 + (int)s.NextBelow(3)).Select(_ => AnyKeptBlock(s))], s.NextUInt64()).Encode();

    private static byte[] AnySnapshots(SeededStream s)
    {
        var heights = new SortedSet<ulong>(Enumerable.Range(0, (int)s.NextBelow(5)).Select(_ => 1 + s.NextBelow(1 << 20)));
        return new SnapshotList(new Height(heights.Count > 0 ? heights.Max + 1 : s.NextBelow(9)), [.. heights.Select(height => new Height(height))]).Encode();
    }

    private static byte[] Encode(KeptBlock kept)
    {
        var writer = new ByteWriter();
        kept.Write(writer);
        return writer.ToArray();
    }

    private static byte[]? ReencodeKept(byte[] bytes)
    {
        var reader = new ByteReader(bytes);
        if (KeptBlock.Read(ref reader) is not { } kept || !reader.IsWhole) return null;
        _ = kept.Fits(kept.Block.Header);
        return Encode(kept);
    }

    private static uint[] Numbers(SeededStream s) => [.. Enumerable.Range(0, (int)s.NextBelow(11)).Select(_ => (uint)s.NextBelow(1 << 26))];

    private static DrawnSamples AnyDraw(SeededStream s) => new(s.NextHash(), [.. Numbers(s).Select(number => (int)number)]);

    private static byte[] AnyRequest(SeededStream s) => new EvaluationRequest(s.NextHash(), ChainTargets.Bytes(s, 100), ChainTargets.Bytes(s, 100))
    {
        IsBalanceDemanded = s.NextChance(1, 2),
        LogitSamples = (int)s.NextBelow(17),
        Draws = [AnyDraw(s), AnyDraw(s)],
        Triggers = [new TriggerPatch((ImageCorner)s.NextBelow(4), 1 + (int)s.NextBelow(8), (byte)s.NextBelow(256))],
        TriggerSamples = AnyDraw(s),
        Probe = s.NextChance(1, 2) ? null : new ProbeOrder(s.NextHash(), s.NextHash(), 50, 3),
    }.Encode();

    private static byte[] AnyReport(SeededStream s) => new CheckpointReport((CandidateVerdict)s.NextBelow(4))
    {
        Detail = (uint)s.NextBelow(8),
        Losses = [Numbers(s), Numbers(s)],
        Labels = ChainTargets.Bytes(s, 20),
        Logits = [.. Numbers(s).Select(number => number / 7f)],
        TriggerLosses = [Numbers(s)],
        Probe = (ProbeFault)s.NextBelow(4),
    }.Encode();
}
