using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <summary>
/// A model's parameters as a safetensors file (github.com/huggingface/safetensors): the header's length as eight bytes little-endian, a
/// JSON header, then the values as little-endian single precision. Of the many files that the format allows for one model exactly one is
/// accepted, so that equal models have equal hashes: tensors in the ordinal order of their names, no metadata, no gaps, no white space
/// but the blanks that fill the header up to a multiple of eight.
/// </summary>
public static class Checkpoint
{
    public const int HeaderBytesMax = 64 * 1024;

    private const int PrefixBytes = sizeof(ulong);

    public static byte[] Write(ModelParameters parameters)
    {
        Invariant.Check(parameters.IsFinite, "a model with a non-finite parameter is not worth keeping");
        var header = SafetensorsHeader.Write(parameters.Plan);
        var file = new byte[PrefixBytes + header.Length + (sizeof(float) * parameters.Values.Length)];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)header.Length);
        header.CopyTo(file.AsSpan(PrefixBytes));
        var payload = file.AsSpan(PrefixBytes + header.Length);
        if (BitConverter.IsLittleEndian) MemoryMarshal.AsBytes(parameters.Values.AsSpan()).CopyTo(payload);
        else
        {
            for (var i = 0; i < parameters.Values.Length; i++)
                BinaryPrimitives.WriteSingleLittleEndian(payload[(sizeof(float) * i)..], parameters.Values[i]);
        }
        return file;
    }

    /// <summary>How long the one accepted file is; a longer one need not be fetched.</summary>
    public static int SizeBytes(ModelPlan plan) =>
        PrefixBytes + SafetensorsHeader.Write(plan).Length + (sizeof(float) * plan.ParameterCount);

    /// <summary>Allocates for the values only after header and length have proved right.</summary>
    public static bool TryRead(
        ReadOnlySpan<byte> file, ModelPlan plan, [NotNullWhen(true)] out ModelParameters? parameters, out CheckpointError error)
    {
        parameters = null;
        error = CheckpointError.TooShort;
        if (file.Length < PrefixBytes) return false;
        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(file);
        error = CheckpointError.HeaderTooLong;
        if (headerLength > HeaderBytesMax) return false;
        error = CheckpointError.TooShort;
        if (headerLength > (ulong)(file.Length - PrefixBytes)) return false;

        error = SafetensorsHeader.Check(file.Slice(PrefixBytes, (int)headerLength), plan);
        if (error != CheckpointError.None) return false;
        var payload = file[(PrefixBytes + (int)headerLength)..];
        error = CheckpointError.WrongLength;
        if (payload.Length != (long)sizeof(float) * plan.ParameterCount) return false;

        var values = new float[plan.ParameterCount];
        for (var i = 0; i < values.Length; i++) values[i] = BinaryPrimitives.ReadSingleLittleEndian(payload[(sizeof(float) * i)..]);
        var read = new ModelParameters(plan, values);
        error = CheckpointError.NonFiniteValue;
        if (!read.IsFinite) return false;
        error = CheckpointError.None;
        parameters = read;
        return true;
    }
}
