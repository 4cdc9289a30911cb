using System.Diagnostics.CodeAnalysis;
using System.Text;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>What a candidate's manifest must be, one rule after the other; whether the checkpoint is as it says is the evaluation's to find.</summary>
public static class ManifestRules
{
    public const int TensorsMax = 512;

    public const int DimensionsMax = 8;

    public const int AncestorsMax = 16;

    public const int NameBytesMax = 256;

    /// <summary>
    /// Bytes of the longest sparse delta of a checkpoint: a head, and for each 4,096 values of four bytes a count, an exponent and 1,024 changes of
    /// 20 bits. A longer one is none, and would cost every validator its bytes beside the whole form.
    /// </summary>
    public static ulong DeltaBytesMax(ulong modelBytes) => 72 + (((modelBytes / 16_384) + 1) * (2 + 1 + (1_024 * 20 / 8)));

    private static readonly MessageParser<CandidateManifest> Parser = CandidateManifest.Parser.WithDiscardUnknownFields(true);

    /// <summary>Reads the one canonical encoding and bounds every part of it.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out CandidateManifest? manifest)
    {
        manifest = null;
        if (bytes.Length > Limits.ManifestBytesMax || !CanonicalProto.TryParse(Parser, bytes.ToArray(), out var parsed) || !IsBounded(parsed)) return false;
        manifest = parsed;
        return true;
    }

    /// <summary>The rules that need the chain's state: task, sizes, lineage, data and device.</summary>
    internal static TransactionRejection Check(
        IStateReader state, TaskRecord task, CandidateManifest manifest, string requireDevice, ulong? setVersion = null)
    {
        if (Hash256.FromBytes(manifest.Task.Span) != task.Id) return TransactionRejection.ManifestMismatch;
        if (manifest.ModelBytes != task.ModelBytes) return TransactionRejection.SizeMismatch;
        if (manifest.Delta is { } sparse && sparse.Bytes > DeltaBytesMax(task.ModelBytes)) return TransactionRejection.SizeMismatch;
        if (!HasItsChunks(manifest)) return TransactionRejection.ChunksMismatch;
        if (!IsKnownParent(state, task, manifest.Parent)) return TransactionRejection.UnknownParent;
        if (manifest.Delta is { } delta && !IsKnownParent(state, task, delta.Base)) return TransactionRejection.UnknownParent;
        if (!TrainingSets.IsRecent(state, task.DataTask, Hash256.FromBytes(manifest.TrainingSet.Span), setVersion)) return TransactionRejection.UnknownTrainingSet;
        return IsDeviceTaken(manifest.Device, requireDevice) ? TransactionRejection.None : TransactionRejection.DeviceRefused;
    }

    private static bool IsBounded(CandidateManifest manifest)
    {
        if (!IsHash(manifest.Task) || !IsHash(manifest.Model) || !IsHash(manifest.Parent) || !IsHash(manifest.TrainingSet)) return false;
        if (manifest.Chunks.Count > BlobLimits.ChunksMax || !manifest.Chunks.All(IsHash)) return false;
        if (manifest.Ancestors.Count > AncestorsMax || !manifest.Ancestors.All(IsHash)) return false;
        if (manifest.Delta is { } delta && !IsBounded(delta)) return false;
        return manifest.Tensors.Count is > 0 and <= TensorsMax && manifest.Tensors.All(IsBounded) && IsBounded(manifest.Device);
    }

    private static bool IsBounded(Tensor tensor) =>
        tensor.Name.Length > 0 && IsShort(tensor.Name) && tensor.Shape.Count <= DimensionsMax && tensor.Shape.All(extent => extent > 0);

    private static bool IsBounded(DeviceRecord? device) =>
        device is null
        || (IsShort(device.Kind) && IsShort(device.Name) && IsShort(device.Uuid) && IsShort(device.Driver) && IsShort(device.Runtime));

    private static bool IsBounded(CheckpointDelta delta) =>
        IsHash(delta.Base) && IsHash(delta.Blob) && delta.Chunks.Count <= BlobLimits.ChunksMax && delta.Chunks.All(IsHash);

    private static bool HasItsChunks(CandidateManifest manifest) =>
        AreChunksOf(manifest.Model, manifest.ModelBytes, manifest.Chunks)
        && (manifest.Delta is not { } delta || AreChunksOf(delta.Blob, delta.Bytes, delta.Chunks));

    private static bool AreChunksOf(ByteString blob, ulong bytes, IReadOnlyCollection<ByteString> hashes)
    {
        if (bytes is 0 or > BlobLimits.BlobBytesMax || BlobLimits.ChunkCount((long)bytes) != hashes.Count) return false;
        var chunks = hashes.Select(chunk => Hash256.FromBytes(chunk.Span)).ToArray();
        return BlobManifest.HashOf(bytes, chunks).Value == Hash256.FromBytes(blob.Span);
    }

    // Every node keeps these. An older one may be on no disk any more, and then nobody could judge what names it.
    private static bool IsKnownParent(IStateReader state, TaskRecord task, ByteString hash)
    {
        var parent = new BlobHash(Hash256.FromBytes(hash.Span));
        return parent == task.BestModel || parent == task.InitialModel || RecentModels.Get(state, task.Id).Contains(parent);
    }

    private static bool IsDeviceTaken(DeviceRecord? device, string require) =>
        device?.Kind is "cpu" or "cuda" && (require == "any" || device.Kind == require);

    private static bool IsShort(string text) => Encoding.UTF8.GetByteCount(text) <= NameBytesMax;

    private static bool IsHash(ByteString bytes) => bytes.Length == Hash256.Size;
}
