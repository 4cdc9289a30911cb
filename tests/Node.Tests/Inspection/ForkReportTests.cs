using System.Text.Json.Nodes;
using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

/// <summary>From the homes of two nodes that decided differently: who made the fork, and nobody else.</summary>
public sealed class ForkReportTests
{
    [Theory]
    [InlineData(true, "duplicate-vote")]
    [InlineData(false, "amnesia")]
    public void TheLiarsAreNamedAndNobodyElse(bool inOneRound, string kind)
    {
        using var homes = new ForkedHomes(inOneRound);
        var report = Json(homes.X, homes.Y, out var exit);
        Assert.Equal(0, exit);
        Assert.Equal(2, (int)report["height"]!);
        Assert.Equal((homes.BlockOfX.ToString(), homes.BlockOfY.ToString()), ((string)report["a"]!["block"]!, (string)report["b"]!["block"]!));
        Assert.Equal(homes.Liars.Select(liar => liar.ToString()), report["guilty"]!.AsArray().Select(guilty => (string)guilty!["validator"]!));
        Assert.All(report["guilty"]!.AsArray(), guilty => Assert.Equal(kind, (string)guilty!["kind"]!));
        Assert.Equal((2, 4, true), ((int)report["guilty_power"]!, (int)report["total_power"]!, (bool)report["is_enough"]!));
    }

    [Fact]
    public void TheEvidenceInTheReportProvesTheFaultByItself()
    {
        using var homes = new ForkedHomes(inOneRound: false);
        var genesis = new NodeHome(homes.X).LoadGenesis().Hash;
        foreach (var guilty in Json(homes.X, homes.Y, out _)["guilty"]!.AsArray())
        {
            Assert.True(Hex.TryDecode((string)guilty!["evidence"]!, out var bytes));
            Assert.True(FaultProof.TryDecode(bytes, out var proof, out _));
            Assert.Equal(EvidenceFault.None, proof.Check(genesis));
            Assert.Equal((string)guilty["validator"]!, proof.Guilty.ToString());
        }
    }

    [Fact]
    public void FilesThatOperatorsMadeServeAsWell()
    {
        using var homes = new ForkedHomes(inOneRound: false);
        var (fileX, fileY) = (homes.PathOf("x.bin"), homes.PathOf("y.bin"));
        Assert.Equal(0, InspectCommand.Certificates(new NodeHome(homes.X), 2, fileX, TextWriter.Null));
        Assert.Equal(0, InspectCommand.Certificates(new NodeHome(homes.Y), 2, fileY, TextWriter.Null));
        foreach (var (a, b) in new[] { (fileX, fileY), (homes.X, fileY), (fileX, homes.Y) })
        {
            using var text = new StringWriter();
            Assert.Equal(0, InspectCommand.Fork(a, b, null, json: false, text));
            Assert.All(homes.Liars, liar => Assert.Contains($"guilty   {liar} amnesia: precommit of ", text.ToString()));
        }

        Assert.Throws<OperatorException>(() => InspectCommand.Certificates(new NodeHome(homes.X), 4, fileX, TextWriter.Null));
    }

    /// <summary>Both decisions alone do not convict where the rounds differ: the polka says what the second one answered.</summary>
    [Fact]
    public void APolkaThatIsMissingIsNamed()
    {
        using var homes = new ForkedHomes(inOneRound: false);
        var file = homes.PathOf("y.bin");
        Assert.Equal(0, InspectCommand.Certificates(new NodeHome(homes.Y), 2, file, TextWriter.Null));
        Assert.True(HeightCertificates.TryDecode(File.ReadAllBytes(file), out var certificates));
        Assert.NotEmpty(certificates.Polkas);
        File.WriteAllBytes(file, (certificates with { Polkas = [] }).Encode());
        var report = Json(homes.X, file, out var exit);
        Assert.Equal((1, 1, homes.BlockOfY.ToString()), (exit, (int)report["missing"]!["round"]!, (string)report["missing"]!["block"]!));
        Assert.Empty(report["guilty"]!.AsArray());
    }

    [Fact]
    public void WhatIsNoForkIsSaidToBeNone()
    {
        using var homes = new ForkedHomes(inOneRound: true);
        using var text = new StringWriter();
        Assert.Equal(1, InspectCommand.Fork(homes.X, homes.Y, 1, json: false, text));
        Assert.Contains("no fork: SameBlock", text.ToString());
        Assert.Throws<OperatorException>(() => InspectCommand.Fork(homes.X, homes.Y, 9, json: false, text));
        Assert.Throws<OperatorException>(() => InspectCommand.Fork(homes.X, homes.X, null, json: false, text));
        Assert.Throws<OperatorException>(() => InspectCommand.Fork(homes.X, homes.PathOf("nothing"), null, json: false, text));
        File.WriteAllBytes(homes.PathOf("rubbish"), [1, 2, 3]);
        Assert.Throws<OperatorException>(() => InspectCommand.Fork(homes.X, homes.PathOf("rubbish"), null, json: false, text));
        InspectCommand.Certificates(new NodeHome(homes.X), 1, homes.PathOf("one"), TextWriter.Null);
        Assert.Equal(1, InspectCommand.Fork(homes.Y, homes.PathOf("one"), null, json: false, text));
        Assert.Contains("no fork: no height", text.ToString());
    }

    private static JsonNode Json(string a, string b, out int exit)
    {
        using var text = new StringWriter();
        exit = InspectCommand.Fork(a, b, null, json: true, text);
        return JsonNode.Parse(text.ToString())!;
    }
}
