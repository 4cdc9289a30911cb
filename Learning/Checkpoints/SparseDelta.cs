using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <summary>Why bytes are no sparse delta, or why it does not lead from one checkpoint to the other.</summary>
public enum SparseDeltaError
{
    None,
    Truncated,
    TrailingBytes,
    WrongMagic,
    TooLarge,

    /// <summary>A block changes more values than it may, or more than it has.</summary>
    TooManyChanges,
    ExponentOutOfRange,

    /// <summary>Places are not ascending, or lie outside their block.</summary>
    PlacesOutOfOrder,

    /// <summary>A change of zero, or a bit set where nothing is: the same delta has a shorter spelling.</summary>
    NotCanonical,

    /// <summary>It is for a model with another number of parameters.</summary>
    OtherModel,
    OtherBase,

    /// <summary>The checkpoint that it makes is not the one that it names.</summary>
    OtherResult,
}

/// <summary>
/// The few values by which one checkpoint differs from another. A candidate that is trained with it in mind is what the delta makes of its
/// parent, so its own hash stays its identity and nobody has to trust the delta: whoever applies it compares hashes.
/// <code>
/// magic "NCD1" 4 | base 32 | result 32 | parameters 4 | per block of 4,096 parameters, in the plan's order:
///   changes 2 | where there are any: exponent 1 (signed) | places, 12 bits each, ascending, packed, zero-filled | values, one signed byte each, not zero
/// </code>
/// Numbers are big-endian. The new value is base + value * 2^exponent in single precision: the product is exact, the sum is rounded once, so
/// every machine makes the same bits.
/// </summary>
public sealed class SparseDelta
{
    public const int BlockLength = 4096;

    /// <summary>Changes of one block at most: then the delta has a sixth of the full form's bytes, and beyond it is hardly worth its while.</summary>
    public const int ChangesMax = 1024;

    /// <summary>
    /// The greatest and least powers of two that a change is counted in. The greatest change, 127 * 2^63, is lost in the rounding beside the
    /// greatest number of single precision, so that no delta makes a finite model endless.
    /// </summary>
    public const int ExponentMax = 63;

    public const int ExponentMin = -63;

    private const int HeadBytes = 4 + (2 * Hash256.Size) + 4;
    private const int PlaceBits = 12;

    private static readonly byte[] Magic = "NCD1"u8.ToArray();

    private readonly SparseBlock[] _blocks;

    private SparseDelta(BlobHash from, BlobHash result, int parameters, SparseBlock[] blocks)
    {
        Base = from;
        Result = result;
        Parameters = parameters;
        _blocks = blocks;
    }

    /// <summary>The checkpoint that it changes.</summary>
    public BlobHash Base { get; }

    /// <summary>The checkpoint that it makes.</summary>
    public BlobHash Result { get; }

    /// <summary>How many values the model has.</summary>
    public int Parameters { get; }

    public int Changes => _blocks.Sum(block => block.Places.Length);

    /// <summary>Bytes of the longest delta of a model; a longer one need not be fetched.</summary>
    public static int BytesMax(int parameters) => checked(HeadBytes + (Blocks(parameters) * (2 + 1 + PlacesBytes(ChangesMax) + ChangesMax)));

    /// <summary>
    /// The delta that brings the base as near to the wanted values as a number of changes a block allows: those that differ most. What remains is
    /// for <see cref="ErrorFeedback"/>.
    /// </summary>
    /// <param name="from">A model that others have.</param>
    /// <param name="wanted">A model of the same plan, all finite.</param>
    /// <param name="changes">Changes of one block, 1 to <see cref="ChangesMax"/>; 64 of 4,096 are a hundredth of the full form's bytes.</param>
    /// <param name="result">What it makes of the base.</param>
    public static SparseDelta Between(ModelParameters from, ModelParameters wanted, int changes, out ModelParameters result)
    {
        Invariant.Check(ReferenceEquals(from.Plan, wanted.Plan) || from.Values.Length == wanted.Values.Length, "a delta leads between checkpoints of one model");
        Invariant.Check(changes is >= 1 and <= ChangesMax, "a block has a bounded number of changes");
        Invariant.Check(from.IsFinite && wanted.IsFinite, "a delta leads between models that can be kept");
        var blocks = new SparseBlock[Blocks(from.Values.Length)];
        for (var i = 0; i < blocks.Length; i++)
        {
            var (start, length) = Range(i, from.Values.Length);
            blocks[i] = SparseBlock.Between(from.Values.AsSpan(start, length), wanted.Values.AsSpan(start, length), changes);
        }

        result = Changed(from, blocks);
        Invariant.Check(result.IsFinite, "a change towards a finite value stays finite");
        return new SparseDelta(HashOf(from), HashOf(result), from.Values.Length, blocks);
    }

    /// <summary>Takes memory for what is there only, never for what a count promises.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SparseDelta? delta, out SparseDeltaError error)
    {
        delta = null;
        error = SparseDeltaError.Truncated;
        if (bytes.Length < HeadBytes) return false;
        error = SparseDeltaError.WrongMagic;
        if (!bytes.StartsWith(Magic)) return false;
        var reader = new ByteReader(bytes[Magic.Length..]);
        var (from, result, parameters) = (reader.Hash(), reader.Hash(), reader.UInt32());
        error = SparseDeltaError.TooLarge;
        if (parameters is 0 or > ModelLimits.ParametersMax || bytes.Length > BytesMax((int)parameters)) return false;
        error = SparseDeltaError.Truncated;
        if (bytes.Length - HeadBytes < 2 * Blocks((int)parameters)) return false;
        var blocks = new SparseBlock[Blocks((int)parameters)];
        for (var i = 0; i < blocks.Length; i++)
            if (!TryReadBlock(ref reader, Range(i, (int)parameters).Length, out blocks[i], out error))
                return false;
        error = SparseDeltaError.TrailingBytes;
        if (!reader.IsWhole) return false;
        error = SparseDeltaError.None;
        delta = new SparseDelta(new BlobHash(from), new BlobHash(result), (int)parameters, blocks);
        return true;
    }

    public byte[] Encode()
    {
        var writer = new ByteWriter().Bytes(Magic).Hash(Base.Value).Hash(Result.Value).UInt32((uint)Parameters);
        foreach (var block in _blocks)
        {
            writer.UInt16((ushort)block.Places.Length);
            if (block.Places.Length == 0) continue;
            writer.Byte(unchecked((byte)block.Exponent)).Bytes(PackPlaces(block.Places));
            foreach (var value in block.Values) writer.Byte(unchecked((byte)value));
        }

        return writer.ToArray();
    }

    /// <summary>The checkpoint that it names, made of its base and compared with its hash.</summary>
    /// <param name="from">The base as it was read.</param>
    /// <param name="checkpoint">The result's file, as <see cref="Checkpoint.Write"/> gives it.</param>
    /// <param name="error">Says why there is none.</param>
    public bool TryApply(ModelParameters from, [NotNullWhen(true)] out byte[]? checkpoint, out SparseDeltaError error)
    {
        checkpoint = null;
        error = SparseDeltaError.OtherModel;
        if (from.Values.Length != Parameters) return false;
        error = SparseDeltaError.OtherBase;
        if (HashOf(from) != Base) return false;
        var made = Changed(from, _blocks);
        var file = Checkpoint.Write(made);
        error = SparseDeltaError.OtherResult;
        if (BlobManifest.Of(file).Hash != Result) return false;
        error = SparseDeltaError.None;
        checkpoint = file;
        return true;
    }

    private static bool TryReadBlock(ref ByteReader reader, int length, out SparseBlock block, out SparseDeltaError error)
    {
        block = SparseBlock.Empty;
        int count = reader.UInt16();
        error = SparseDeltaError.Truncated;
        if (reader.Failed) return false;
        error = SparseDeltaError.TooManyChanges;
        if (count > ChangesMax || count > length) return false;
        error = SparseDeltaError.None;
        if (count == 0) return true;
        var exponent = unchecked((sbyte)reader.Byte());
        var packed = reader.Bytes(PlacesBytes(count));
        var values = reader.Bytes(count);
        error = SparseDeltaError.Truncated;
        if (reader.Failed) return false;
        error = SparseDeltaError.ExponentOutOfRange;
        if (exponent is < ExponentMin or > ExponentMax) return false;
        if (!TryUnpackPlaces(packed, length, count, out var places, out error)) return false;
        error = SparseDeltaError.NotCanonical;
        var signed = new sbyte[count];
        for (var i = 0; i < count; i++)
        {
            signed[i] = unchecked((sbyte)values[i]);
            if (signed[i] is 0 or sbyte.MinValue) return false;
        }

        // Of the exponents that would do, the least: the greatest change fills the byte.
        if (exponent != ExponentMin && signed.Max(value => Math.Abs((int)value)) < SparseBlock.GreatestMin) return false;

        error = SparseDeltaError.None;
        block = new SparseBlock(exponent, places, signed);
        return true;
    }

    private static byte[] PackPlaces(ushort[] places)
    {
        var packed = new byte[PlacesBytes(places.Length)];
        for (var i = 0; i < places.Length; i++)
        {
            var at = i / 2 * 3;
            if (i % 2 == 0)
            {
                packed[at] = (byte)(places[i] >> 4);
                packed[at + 1] = (byte)((places[i] & 15) << 4);
            }
            else
            {
                packed[at + 1] |= (byte)(places[i] >> 8);
                packed[at + 2] = (byte)(places[i] & 255);
            }
        }

        return packed;
    }

    private static bool TryUnpackPlaces(ReadOnlySpan<byte> packed, int length, int count, out ushort[] places, out SparseDeltaError error)
    {
        places = new ushort[count];
        error = SparseDeltaError.PlacesOutOfOrder;
        for (var i = 0; i < count; i++)
        {
            var at = i / 2 * 3;
            places[i] = (ushort)(i % 2 == 0 ? (packed[at] << 4) | (packed[at + 1] >> 4) : ((packed[at + 1] & 15) << 8) | packed[at + 2]);
            if (places[i] >= length || (i > 0 && places[i] <= places[i - 1])) return false;
        }

        error = SparseDeltaError.NotCanonical;
        if (count % 2 == 1 && (packed[^1] & 15) != 0) return false;
        error = SparseDeltaError.None;
        return true;
    }

    private static ModelParameters Changed(ModelParameters from, SparseBlock[] blocks)
    {
        var made = from.Copy();
        for (var i = 0; i < blocks.Length; i++) blocks[i].AddTo(made.Values.AsSpan(i * BlockLength));
        return made;
    }

    private static BlobHash HashOf(ModelParameters parameters) => BlobManifest.Of(Checkpoint.Write(parameters)).Hash;

    private static int Blocks(int parameters) => (int)(((long)parameters + BlockLength - 1) / BlockLength);

    private static (int Start, int Length) Range(int block, int parameters) =>
        (block * BlockLength, Math.Min(BlockLength, parameters - (block * BlockLength)));

    private static int PlacesBytes(int count) => ((count * PlaceBits) + 7) / 8;
}
