using System.Buffers.Binary;
using System.Text;
using NeuroChain.Chain;

namespace NeuroChain.Learning.Tests;

public sealed class CheckpointTests
{
    private static readonly ModelPlan Plan = Samples.OddSpec(0).Plan;
    private static readonly byte[] File = Checkpoint.Write(Samples.Parameters(Plan, 1));

    [Fact]
    public void ParametersComeBackBitForBit()
    {
        for (var number = 0; number < Samples.OddSpecs; number++)
        {
            var parameters = Samples.Parameters(Samples.OddSpec(number).Plan, 9);
            var file = Checkpoint.Write(parameters);
            Assert.Equal(Checkpoint.SizeBytes(parameters.Plan), file.Length);
            Assert.True(Checkpoint.TryRead(file, parameters.Plan, out var back, out var error));
            Assert.Equal(CheckpointError.None, error);
            Assert.Equal(Samples.Bits(parameters.Values), Samples.Bits(back.Values));
        }
    }

    [Fact]
    public void TheHeaderIsWrittenAsTheFormatSays()
    {
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(File);
        Assert.Equal(0, length % 8);
        Assert.Equal(
            """{"0.bias":{"dtype":"F32","shape":[3],"data_offsets":[0,12]},"0.weight":{"dtype":"F32","shape":[3,1,3,3],"data_offsets":[12,120]}"""
            + ""","4.bias":{"dtype":"F32","shape":[5],"data_offsets":[120,140]},"4.weight":{"dtype":"F32","shape":[5,36],"data_offsets":[140,860]}}""",
            Encoding.ASCII.GetString(File, 8, length).TrimEnd(' '));
        Assert.Equal(8 + length + 860, File.Length);
        Assert.Equal(Samples.Parameters(Plan, 1).Values[0], BinaryPrimitives.ReadSingleLittleEndian(File.AsSpan(8 + length)));
    }

    [Theory]
    [InlineData("{\"0.bias\"", "{\"__metadata__\":{\"format\":\"pt\"},\"0.bias\"", CheckpointError.Metadata)]
    [InlineData("\"0.bias\"", "\"0.bios\"", CheckpointError.UnknownTensor)]
    [InlineData("\"0.bias\"", "\"0.weight\"", CheckpointError.DuplicateTensor)]
    [InlineData("\"0.bias\"", "\"\\ud800\"", CheckpointError.HeaderNotJson)]
    [InlineData("\"0.bias\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]},", "", CheckpointError.MissingTensor)]
    [InlineData("[3]", "[4]", CheckpointError.WrongShape)]
    [InlineData("[3]", "[3,1]", CheckpointError.WrongShape)]
    [InlineData("[3]", "[3.5]", CheckpointError.WrongShape)]
    [InlineData("[3]", "3", CheckpointError.WrongShape)]
    [InlineData("F32", "F16", CheckpointError.WrongDataType)]
    [InlineData("\"F32\"", "32", CheckpointError.WrongDataType)]
    [InlineData("[0,12]", "[0,13]", CheckpointError.WrongOffsets)]
    [InlineData("[12,120]", "[16,124]", CheckpointError.WrongOffsets)]
    [InlineData("[0,12]", "[0, 12]", CheckpointError.NotCanonical)]
    [InlineData("[0,12]", "[0,12],\"note\":1", CheckpointError.NotCanonical)]
    [InlineData("\"0.bias\"", "\"0\\u002ebias\"", CheckpointError.NotCanonical)]
    [InlineData("}}", "}", CheckpointError.HeaderNotJson)]
    [InlineData("}}", "}}        ", CheckpointError.NotCanonical)]
    public void AFaultyHeaderIsRefusedByName(string part, string instead, CheckpointError expected)
    {
        var header = Header();
        Assert.Contains(part, header);
        var at = header.IndexOf(part, StringComparison.Ordinal);
        Refused(expected, WithHeader(header[..at] + instead + header[(at + part.Length)..]));
    }

    [Fact]
    public void SwappedTensorsAreRefused()
    {
        const string Bias = "\"0.bias\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]},";
        const string Weight = "\"0.weight\":{\"dtype\":\"F32\",\"shape\":[3,1,3,3],\"data_offsets\":[12,120]},";
        Assert.Contains(Bias + Weight, Header());
        Refused(CheckpointError.TensorOrder, WithHeader(Header().Replace(Bias + Weight, Weight + Bias)));
    }

    [Fact]
    public void WrongLengthsAreRefused()
    {
        Refused(CheckpointError.TooShort, []);
        Refused(CheckpointError.TooShort, File[..7]);
        Refused(CheckpointError.TooShort, File[..100]);
        Refused(CheckpointError.WrongLength, File[..^1]);
        Refused(CheckpointError.WrongLength, [.. File, 0]);
        var huge = File.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(huge, ulong.MaxValue);
        Refused(CheckpointError.HeaderTooLong, huge);
        BinaryPrimitives.WriteUInt64LittleEndian(huge, Checkpoint.HeaderBytesMax + 1);
        Refused(CheckpointError.HeaderTooLong, huge);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void NonFiniteValuesAreRefused(float value)
    {
        var file = File.ToArray();
        BinaryPrimitives.WriteSingleLittleEndian(file.AsSpan(^4), value);
        Refused(CheckpointError.NonFiniteValue, file);
        Assert.False(CheckpointEvaluator.TryEvaluate(
            file, Plan, Samples.DatasetFor(Plan, 3, 1), [0], EngineOptions.Default, out _, out var fault));
        Assert.Equal(EvaluationFault.NonFiniteParameter, fault);
    }

    [Fact]
    public void ACheckpointOfAnotherModelIsMalformed()
    {
        var other = Samples.OddSpec(3).Plan;
        Assert.False(CheckpointEvaluator.TryEvaluate(
            File, other, Samples.DatasetFor(other, 3, 1), [0], EngineOptions.Default, out var result, out var fault));
        Assert.Null(result);
        Assert.Equal(EvaluationFault.MalformedCheckpoint, fault);
    }

    [Fact]
    public void ACheckpointIsEvaluatedAsItsParametersAre()
    {
        var dataset = Samples.DatasetFor(Plan, 30, 2);
        Assert.True(CheckpointEvaluator.TryEvaluate(File, Plan, dataset, [5, 3, 29], new EngineOptions(2), out var result, out _));
        Assert.Equal(
            EngineTests.Evaluate(Samples.Parameters(Plan, 1), dataset, [5, 3, 29], EngineOptions.Default).Losses, result.Losses);
    }

    [Fact]
    public void MutatedFilesNeverThrowAndWhatIsAcceptedIsCanonical()
    {
        var stream = new SeededStream(99);
        var accepted = 0;
        for (var round = 0; round < 20_000; round++)
        {
            // Half of the hits go into the header, where the decisions are.
            var bytes = File.ToArray();
            var reach = stream.NextChance(1, 2) ? 290UL : (ulong)bytes.Length;
            for (var hit = stream.NextBelow(3); ; hit--)
            {
                bytes[stream.NextBelow(reach)] = (byte)stream.NextBelow(256);
                if (hit == 0) break;
            }
            if (stream.NextChance(1, 8)) bytes = bytes[..(int)stream.NextBelow((ulong)bytes.Length)];
            if (Checkpoint.TryRead(bytes, Plan, out var parameters, out var error))
            {
                accepted++;
                Assert.Equal(bytes, Checkpoint.Write(parameters));
            }
            else Assert.NotEqual(CheckpointError.None, error);
        }
        Assert.InRange(accepted, 100, 15_000);
    }

    [Fact]
    public void RandomBytesNeverThrow()
    {
        var stream = new SeededStream(100);
        for (var round = 0; round < 2_000; round++)
        {
            var bytes = new byte[stream.NextBelow(400)];
            stream.Fill(bytes);
            if (bytes.Length > 8) BinaryPrimitives.WriteUInt64LittleEndian(bytes, stream.NextBelow((ulong)bytes.Length));
            Assert.False(Checkpoint.TryRead(bytes, Plan, out _, out _));
        }
    }

    private static void Refused(CheckpointError expected, byte[] file)
    {
        Assert.False(Checkpoint.TryRead(file, Plan, out var parameters, out var error));
        Assert.Null(parameters);
        Assert.Equal(expected, error);
    }

    private static string Header() => Encoding.ASCII.GetString(File, 8, (int)BinaryPrimitives.ReadUInt64LittleEndian(File));

    private static byte[] WithHeader(string header)
    {
        var payload = File.AsSpan(8 + Header().Length).ToArray();
        var prefix = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
        return [.. prefix, .. Encoding.ASCII.GetBytes(header), .. payload];
    }
}
