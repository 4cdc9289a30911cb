using System.Text.Json.Nodes;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>Who made a fork, from two sides of it, for people and for programs.</summary>
/// <param name="A">How the height was decided on one side.</param>
/// <param name="B">How on the other.</param>
/// <param name="Finding">Who is guilty, each by two statements of its own.</param>
internal sealed record ForkReport(HeightCertificates A, HeightCertificates B, ForkFinding Finding)
{
    /// <summary>The lowest height that both can show and that was decided in two ways; null where there is none.</summary>
    /// <remarks>Blocks name their parents: where two chains have parted they do not meet again, so halving finds the height.</remarks>
    /// <exception cref="OperatorException">They are of two chains, have no height in common, or parted before what both keep.</exception>
    public static Height? FindHeight(ForkSide a, ForkSide b)
    {
        if (a.Genesis != b.Genesis) throw new OperatorException("A and B are of two different chains");
        if (a.Heights is not { } inA || b.Heights is not { } inB) throw new OperatorException("one of the two has decided nothing");
        var (low, high) = (inA.First > inB.First ? inA.First : inB.First, inA.Last < inB.Last ? inA.Last : inB.Last);
        if (low > high) throw new OperatorException($"no height that both can show: A has {inA.First} to {inA.Last}, B has {inB.First} to {inB.Last}");
        if (!Differs(high)) return null;
        // Of a file nothing but its one height is known; of two homes that differ in the first height that both keep, the fork may lie before.
        if (low == high) return low;
        if (Differs(low) && low > Height.First) throw new OperatorException($"the two parted before height {low}, the first that both keep: find a node that keeps more, or certificates of the height");
        while (low < high)
        {
            var middle = low.Plus((high.Value - low.Value) / 2);
            if (Differs(middle)) high = middle;
            else low = middle.Next();
        }

        return low;

        bool Differs(Height height) => At(a, height).Commit.Block.Hash != At(b, height).Commit.Block.Hash;
    }

    /// <exception cref="OperatorException">They cannot be compared at that height.</exception>
    public static ForkReport Of(ForkSide a, ForkSide b, Height height)
    {
        var (inA, inB) = (At(a, height), At(b, height));
        if (inA.Genesis != inB.Genesis) throw new OperatorException("A and B are of two different chains");
        if (inA.Validators.Root != inB.Validators.Root) throw new OperatorException($"at height {height} the two have different validators: they parted before, and that height is the one to look at");
        return new ForkReport(inA, inB, ForkAnalysis.Analyze(inA.Genesis, inA.Validators, inA.Commit, inB.Commit, inA.Polkas.Concat(inB.Polkas)));
    }

    public void Write(TextWriter output)
    {
        Print(output, "height", A.Height.ToString());
        Print(output, "in A", $"{A.Commit.Block.Hash}, decided in round {A.Commit.Round}");
        Print(output, "in B", $"{B.Commit.Block.Hash}, decided in round {B.Commit.Round}");
        if (Finding.Fault != ForkFault.None)
        {
            Print(output, "result", $"no fork: {Finding.Fault}");
            return;
        }

        foreach (var proof in Finding.Proofs) Print(output, "guilty", $"{proof.Guilty} {proof.Kind.Name()}: {string.Join(" and ", StatementsOf(proof))}");
        Print(output, "power", $"{Finding.GuiltyPower} of {A.Validators.TotalPower} is proven guilty");
        if (Finding.RefusedPolkas > 0) Print(output, "", $"{Finding.RefusedPolkas} polka certificates do not hold and were left out");
        Print(output, "result", Finding.IsEnough ? "more than a third: all that the fork took" : "not enough for a fork: more must have lied");
        if (Finding.Missing is { } missing) Print(output, "missing", $"the polka for block {missing.Block} in round {missing.Round}: ask nodes of both sides");
    }

    public JsonObject ToJson() => new()
    {
        ["height"] = A.Height.Value,
        ["a"] = new JsonObject { ["block"] = A.Commit.Block.Hash.ToString(), ["round"] = A.Commit.Round.Value },
        ["b"] = new JsonObject { ["block"] = B.Commit.Block.Hash.ToString(), ["round"] = B.Commit.Round.Value },
        ["fault"] = Finding.Fault == ForkFault.None ? null : Finding.Fault.ToString(),
        ["guilty"] = new JsonArray([.. Finding.Proofs.Select(proof => (JsonNode)new JsonObject
        {
            ["validator"] = proof.Guilty.ToString(),
            ["kind"] = proof.Kind.Name(),
            ["power"] = A.Validators.PowerOf(proof.Guilty),
            ["statements"] = new JsonArray([.. StatementsOf(proof).Select(statement => (JsonNode)JsonValue.Create(statement)!)]),
            ["evidence"] = Hex.Encode(proof.Encode()),
        })]),
        ["guilty_power"] = Finding.GuiltyPower,
        ["total_power"] = A.Validators.TotalPower,
        ["is_enough"] = Finding.IsEnough,
        ["missing"] = Finding.Missing is { } missing ? new JsonObject { ["round"] = missing.Round.Value, ["block"] = missing.Block.ToString() } : null,
    };

    private static HeightCertificates At(ForkSide side, Height height) =>
        side.At(height) ?? throw new OperatorException($"{side.Path} cannot show height {height}");

    // Certificates have no proposals and no headers: votes are all that is found in them.
    private static IEnumerable<string> StatementsOf(FaultProof proof) => proof switch
    {
        DuplicateVoteProof votes => [Statement(votes.First.Vote), Statement(votes.Second.Vote)],
        AmnesiaProof amnesia => [Statement(amnesia.Lock.Vote), Statement(amnesia.Against.Vote)],
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Statement(Vote vote)
    {
        var what = $"{(vote is Prevote ? "prevote" : "precommit")} of {vote.BlockHash?.Value.ToShortString() ?? "nil"} in round {vote.Round}";
        return vote is Prevote { ValidRound: { } valid } ? $"{what} on the polka of round {valid}" : what;
    }

    private static void Print(TextWriter output, string name, string value) => output.WriteLine($"{name,-8} {value}");
}
