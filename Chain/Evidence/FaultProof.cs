using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>
/// Evidence: what a validator signed, put together so that it proves a fault of its own to whoever knows the genesis hash and nothing else.
/// Layout: <see cref="FaultKind"/> 1 | content. Well-formed, but not checked: that is <see cref="Check"/>.
/// </summary>
/// <remarks>
/// An honest validator never signs such a pair, whatever others do (arXiv 1807.04938 with the two changes of docs/protocol/consensus.md): it
/// speaks once in every step of a round, it votes against its lock only in answer to a polka at or after the lock, and it proposes where
/// the state of the very chain that it builds on lets it lead. That the key belongs to a validator, and to which, the ledger knows.
/// </remarks>
public abstract record FaultProof
{
    /// <summary>The greatest is that of a wrong leader with the longest way in the state tree and a hundred validators: below 14 KiB.</summary>
    public const int SizeMax = 16 * 1024;

    private protected FaultProof() { }

    public abstract FaultKind Kind { get; }

    /// <summary>The key that signed.</summary>
    public abstract Address Guilty { get; }

    /// <summary>The height at which it did.</summary>
    public abstract Height Height { get; }

    /// <summary>Whether it proves the fault: one or two signatures are checked, and for a wrong leader a few hundred hashes.</summary>
    public abstract EvidenceFault Check(GenesisHash genesis);

    public byte[] Encode()
    {
        var writer = new ByteWriter().Byte((byte)Kind);
        WriteTo(writer);
        return writer.ToArray();
    }

    /// <summary>Reads the one encoding of a piece of evidence; nothing is taken for what is too long.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out FaultProof? proof, out EvidenceFault fault)
    {
        proof = null;
        fault = EvidenceFault.TooLarge;
        if (bytes.Length > SizeMax) return false;
        var reader = new ByteReader(bytes);
        FaultProof? read = (FaultKind)reader.Byte() switch
        {
            FaultKind.DuplicateVote => DuplicateVoteProof.Read(ref reader),
            FaultKind.DuplicateProposal => DuplicateProposalProof.Read(ref reader),
            FaultKind.Amnesia => AmnesiaProof.Read(ref reader),
            FaultKind.WrongLeader => WrongLeaderProof.Read(ref reader),
            _ => null,
        };
        fault = EvidenceFault.Malformed;
        if (read is null || !reader.IsWhole) return false;
        (proof, fault) = (read, EvidenceFault.None);
        return true;
    }

    private protected abstract void WriteTo(ByteWriter writer);

    private protected static SignedProposal? ReadProposal(ref ByteReader reader) =>
        SignedProposal.TryDecode(reader.Bytes(SignedProposal.Size), out var proposal) ? proposal : null;

    private protected static bool Ascend(byte[] first, byte[] second) => first.AsSpan().SequenceCompareTo(second) < 0;
}
