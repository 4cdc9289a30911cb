using NeuroChain.Chain;

namespace NeuroChain.Consensus.Tests;

public sealed class FileSignerTests : SignerContract, IDisposable
{
    private const string StateFile = "signer-state";

    private readonly MemoryFolder _folder = new();
    private FileSigner? _open;

    public void Dispose() => _open?.Dispose();

    protected override ISigner Open()
    {
        _open?.Dispose();
        return _open = new FileSigner(Key, _folder);
    }

    [Fact]
    public void ARefusalChangesNothing()
    {
        using var signer = new FileSigner(Key, _folder);
        signer.TrySign(Prevote(1, 0, "A"), out _);
        var before = signer.State;
        Assert.Null(signer.TrySign(Prevote(1, 0, "B"), out _));
        Assert.Equal(before, signer.State);
    }

    [Fact]
    public void TwoSignersNeverShareAMemory()
    {
        using var signer = new FileSigner(Key, _folder);
        Assert.Throws<OperatorException>(() => new FileSigner(Key, _folder));
    }

    [Fact]
    public void ALostMemoryIsRefusedAndLeavesTheFileFree()
    {
        SignSome();
        Overwrite(new byte[8192]);
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var harmed = Assert.Throws<OperatorException>(() => new FileSigner(Key, _folder));
            Assert.Contains($"{StateFile} is harmed", harmed.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void AWholeRecordThatIsNoSignerStateIsRefused()
    {
        using (var file = new TwoSlotFile(_folder, StateFile, SignerState.SizeMax)) file.Write([1, 2, 3]);
        Assert.Throws<OperatorException>(() => new FileSigner(Key, _folder));
    }

    [Fact]
    public void TheMemoryOfAnotherKeyIsRefused()
    {
        SignSome();
        var other = PrivateKey.FromSeed(Hash256.Sha256("another"u8));
        var refused = Assert.Throws<OperatorException>(() => new FileSigner(other, _folder));
        Assert.Contains("another key", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ATornNewestSlotLeavesTheOneBefore()
    {
        SignSome();
        using (var slots = _folder.OpenSlots(StateFile)) slots.WriteDurably(4096 + 20, [0xff, 0xff]);
        using var signer = new FileSigner(Key, _folder);
        Assert.NotNull(signer.State.Prevote);
        Assert.Null(signer.State.Precommit);
    }

    [Fact]
    public void ItWorksOnADisk()
    {
        var path = Path.Combine(Path.GetTempPath(), $"neurochain-signer-{Guid.NewGuid():N}");
        try
        {
            Signature? first;
            using (var signer = new FileSigner(Key, new DiskFolder(path))) first = signer.TrySign(Prevote(1, 0, "A"), out _);
            using var again = new FileSigner(Key, new DiskFolder(path));
            Assert.Equal(first, again.TrySign(Prevote(1, 0, "A"), out _));
            Assert.Null(again.TrySign(Prevote(1, 0, "B"), out _));
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    [Fact]
    public void NoCrashMakesItSignTheOpposite()
    {
        int crashes = 0, signatures = 0, refusals = 0;
        for (ulong seed = 0; seed < 300; seed++)
        {
            var (stream, folder, given) = (new SeededStream(seed), new MemoryFolder(), new Dictionary<(Height, Round, Step), Hash256>());
            var votes = new List<Vote>();
            FileSigner? signer = null;
            for (var asked = 0; asked < 40; asked++)
            {
                if (stream.NextChance(1, 4)) folder.CrashAfter((long)stream.NextBelow(3), stream);
                var vote = AnyVote(stream, ulong.Min(3, 1 + (ulong)(asked / 10)));
                var request = SignRequest.Of(vote, Committee.Genesis);
                try
                {
                    signer ??= new FileSigner(Key, folder);
                    var signature = signer.TrySign(request, out var refusal);
                    Assert.Equal(refusal == SignRefusal.None, signature is not null);
                    refusals += signature is null ? 1 : 0;
                    if (signature is null) continue;
                    Assert.True(signature.IsBy(Key.Address, request.Digest));
                    if (given.TryGetValue((request.Height, request.Round, request.Step), out var earlier)) Assert.Equal(earlier, request.Digest);
                    given[(request.Height, request.Round, request.Step)] = request.Digest;
                    foreach (var other in votes.Where(v => v.Height == vote.Height))
                        Assert.False(HonestVotes.Convicts(other, vote) || HonestVotes.Convicts(vote, other), $"seed {seed}: {other} and {vote}");
                    votes.Add(vote);
                    signatures++;
                }
                catch (SimulatedCrashException)
                {
                    signer = null;
                    crashes++;
                }
            }
        }

        Assert.True(crashes > 500 && signatures > 2000 && refusals > 1000, $"{crashes} crashes, {signatures} signatures, {refusals} refusals");
    }

    private static Vote AnyVote(SeededStream stream, ulong height)
    {
        var round = new Round((uint)stream.NextBelow(4));
        var block = Committee.Block(stream.NextChance(1, 2) ? "A" : "B");
        if (stream.NextChance(1, 2)) return new Precommit(new Height(height), round, stream.NextChance(1, 3) ? null : block);
        if (stream.NextChance(1, 3)) return new Prevote(new Height(height), round, null, null);
        return new Prevote(new Height(height), round, block.Hash, round == Round.Zero || stream.NextChance(1, 2) ? null : new Round((uint)stream.NextBelow(round.Value)));
    }

    private void SignSome()
    {
        using var signer = new FileSigner(Key, _folder);
        Assert.NotNull(signer.TrySign(Prevote(1, 0, "A"), out _)); // slot 0
        Assert.NotNull(signer.TrySign(Precommit(1, 0, "A"), out _)); // slot 1
    }

    private void Overwrite(byte[] bytes)
    {
        using var slots = _folder.OpenSlots(StateFile);
        Assert.Equal(bytes.Length, slots.Length);
        slots.WriteDurably(0, bytes);
    }

    private static SignRequest Prevote(ulong height, uint round, string block) => Prevote(height, round, BlockOf(block));

    private static SignRequest Precommit(ulong height, uint round, string block) => Precommit(height, round, BlockOf(block));
}
