using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Chain.Tests;
using NeuroChain.Consensus;

namespace NeuroChain.Fuzz;

/// <summary>Decoders of Consensus: its files, which a torn write or a bad disk may have harmed.</summary>
internal static class ConsensusTargets
{
    public static readonly ImmutableArray<FuzzTarget> All =
    [
        new("signer-state", ["SignerState.Decode"], s => AnyState(s).Encode(), bytes => SignerState.Decode(bytes)?.Encode()),
        new("signer-epoch", ["SignerEpoch.Decode"], s => new SignerEpoch(s.NextUInt64(), ChainFormats.AnyAddress(s)).Encode(), bytes => SignerEpoch.Decode(bytes)?.Encode()),
        new("sign-request", ["SignRequest.TryDecodeBody", "SignedVote.ReadVote"], s => AnyRequest(s).EncodeBody(),
            bytes => SignRequest.TryDecodeBody(bytes, AnyGenesis, out var request) ? request.EncodeBody() : null),
        new("wal-record", ["WalRecord.Decode"], s => AnyRecord(s).Encode(), bytes => WalRecord.Decode(bytes)?.Encode()),
        new("wal-file", ["WalRead.Decode", "WalFrame.TryRead"], AnyLog, ReadLog) { Spelling = Spelling.None },
    ];

    private static readonly GenesisHash AnyGenesis = new(Hash256.Sha256([1]));

    private static SignRequest AnyRequest(SeededStream s)
    {
        if (s.NextChance(1, 3))
        {
            Assert.True(SignedProposal.TryDecode(ChainFormats.Named("proposal").Make(s), out var proposal));
            return SignRequest.Of(proposal.Proposal, AnyGenesis);
        }

        Assert.True(SignedVote.TryDecode(ChainFormats.Named("vote").Make(s), out var vote));
        return SignRequest.Of(vote.Vote, AnyGenesis);
    }

    private static SignerState AnyState(SeededStream s)
    {
        return new SignerState(new Height(s.NextUInt64()), new Round((uint)s.NextBelow(9)), Signed(), Signed(), Signed(), s.NextChance(1, 2) ? null : new Round((uint)s.NextBelow(9)));

        SignedOnce? Signed() => s.NextChance(1, 3) ? null : new SignedOnce(s.NextHash(), ChainFormats.AnySignature(s));
    }

    private static WalRecord AnyRecord(SeededStream s)
    {
        var at = new Timestamp(s.NextUInt64());
        switch (s.NextBelow(10))
        {
            case 0:
                Assert.True(SignedProposal.TryDecode(ChainFormats.Named("proposal").Make(s), out var proposal));
                return new WalRecord.ProposalRecord(at, proposal, s.NextChance(1, 2), ChainTargets.Bytes(s, 200));
            case 1:
                Assert.True(SignedVote.TryDecode(ChainFormats.Named("vote").Make(s), out var vote));
                return new WalRecord.VoteRecord(at, vote);
            case 2:
                return new WalRecord.TimeoutRecord(at, TimeoutKind.Prevote, new Round((uint)s.NextBelow(9)));
            case 3:
                return new WalRecord.ValueRecord(at, new Round((uint)s.NextBelow(9)), ChainTargets.Bytes(s, 200));
            case 4:
                return new WalRecord.EffectsRecord(at, s.NextHash());
            case 5:
                Assert.True(PolkaCertificate.TryDecode(ChainFormats.Named("polka certificate").Make(s), out var polka));
                return new WalRecord.PolkaRecord(at, polka);
            case 6:
                Assert.True(RoundCertificate.TryDecode(ChainFormats.Named("round certificate").Make(s), out var round));
                return new WalRecord.RoundRecord(at, round);
            case 7:
                return new WalRecord.CommitRecord(at, ChainFormats.AnyCommit(s));
            case 8:
                return new WalRecord.SilenceRecord(at);
            default:
                var timeouts = new TimeoutSettings { Propose = TimeSpan.FromTicks((long)s.NextBelow(1 << 30)), Cap = TimeSpan.FromTicks((long)s.NextBelow(1 << 30)) };
                return new WalRecord.StartRecord(at, s.NextChance(1, 2) ? null : ChainFormats.AnyAddress(s), timeouts);
        }
    }

    private static byte[] AnyLog(SeededStream s)
    {
        var folder = new MemoryFolder();
        using (var log = new Wal(folder))
        {
            log.Open(new Height(1));
            for (var left = s.NextBelow(6); left > 0; left--) log.Append(AnyRecord(s));
            log.Flush();
        }

        using var file = folder.OpenAppend(folder.List()[0]);
        return file.ReadAll();
    }

    // A torn log is cut where it is whole: what is left must read as the very same records.
    private static byte[]? ReadLog(byte[] bytes)
    {
        var read = WalRead.Decode(bytes);
        Assert.Equal(bytes.Length, read.Length + read.LostBytes);
        var again = WalRead.Decode(bytes.AsSpan(0, (int)read.Length));
        Assert.Equal((read.Length, 0L, false), (again.Length, again.LostBytes, again.IsHarmed));
        Assert.Equal(read.Records.Count, again.Records.Count);
        return read.LostBytes == 0 ? bytes : null;
    }
}
