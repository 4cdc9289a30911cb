using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>
/// What a block promises, 442 bytes in this order. The block's hash covers these bytes and, through the roots, all the rest.
/// </summary>
/// <remarks>
/// State, receipts and events are those after the block before (the execution of h-1 overlaps the wait between blocks); leader order and
/// validator set of h follow from the state after h-2, whose root stands in header h-1, so that a wrong leader is provable.
/// </remarks>
public sealed record Header
{
    public const int Size = 2 + Hash256.Size + 8 + 4 + Address.Size + 8 + (10 * Hash256.Size) + TrainingSummary.Size;

    /// <summary>Version of all the rules.</summary>
    public const ushort CurrentVersion = 1;

    public ushort Version { get; init; } = CurrentVersion;

    public required GenesisHash Genesis { get; init; }

    public required Height Height { get; init; }

    /// <summary>Round for which the block was first built; a re-proposed block keeps it, and its author.</summary>
    public required Round BuiltRound { get; init; }

    public required Address Author { get; init; }

    public required Timestamp Time { get; init; }

    public required BlockHash Parent { get; init; }

    /// <summary>Merkle root over the commit certificate of the parent and the late precommits.</summary>
    public required Hash256 LastCommitRoot { get; init; }

    public required Hash256 TransactionsRoot { get; init; }

    /// <summary>Hash of the training proof whose term elected the author; zero in a caretaker block.</summary>
    public required Hash256 TrainingProofRoot { get; init; }

    /// <summary>What that proof says in numbers; zero in a caretaker block.</summary>
    public TrainingSummary TrainingSummary { get; init; }

    public required Hash256 ValidatorsRoot { get; init; }

    public required Hash256 NextValidatorsRoot { get; init; }

    public required StateRoot StateRoot { get; init; }

    public required Hash256 ReceiptsRoot { get; init; }

    public required Hash256 EventsRoot { get; init; }

    public required Hash256 BridgeRoot { get; init; }

    public BlockHash Hash => new(Domain.Header.Hash(Encode()));

    public BlockRef Ref => new(Hash, BridgeRoot, NextValidatorsRoot);

    public byte[] Encode()
    {
        var writer = new ByteWriter(Size)
            .UInt16(Version)
            .Hash(Genesis.Value)
            .Height(Height)
            .Round(BuiltRound)
            .Address(Author)
            .UInt64(Time.Milliseconds)
            .Hash(Parent.Value)
            .Hash(LastCommitRoot)
            .Hash(TransactionsRoot)
            .Hash(TrainingProofRoot);
        TrainingSummary.WriteTo(writer);
        return writer
            .Hash(ValidatorsRoot)
            .Hash(NextValidatorsRoot)
            .Hash(StateRoot.Value)
            .Hash(ReceiptsRoot)
            .Hash(EventsRoot)
            .Hash(BridgeRoot)
            .ToArray();
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Header? header)
    {
        var reader = new ByteReader(bytes);
        var read = new Header
        {
            Version = reader.UInt16(),
            Genesis = new GenesisHash(reader.Hash()),
            Height = reader.Height(),
            BuiltRound = reader.Round(),
            Author = reader.Address(),
            Time = new Timestamp(reader.UInt64()),
            Parent = new BlockHash(reader.Hash()),
            LastCommitRoot = reader.Hash(),
            TransactionsRoot = reader.Hash(),
            TrainingProofRoot = reader.Hash(),
            TrainingSummary = TrainingSummary.ReadFrom(ref reader),
            ValidatorsRoot = reader.Hash(),
            NextValidatorsRoot = reader.Hash(),
            StateRoot = new StateRoot(reader.Hash()),
            ReceiptsRoot = reader.Hash(),
            EventsRoot = reader.Hash(),
            BridgeRoot = reader.Hash(),
        };
        header = reader.IsWhole ? read : null;
        return header is not null;
    }
}
