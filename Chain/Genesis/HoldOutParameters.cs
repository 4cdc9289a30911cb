namespace NeuroChain.Chain;

/// <summary>Sealed hold-outs: how many samples of a round come from them, from one supplier, and what stands behind a key.</summary>
public sealed record HoldOutParameters
{
    /// <summary>Samples of a round that come from sealed sets, where a task has any; the generator gives the others. 0 draws none.</summary>
    public uint SealedSamples { get; init; } = SealedLimits.DrawnMax;

    /// <summary>Of one supplier at most, in thousandths of all samples of a round: 20 %, as for the injected samples of SN6 (threat T4).</summary>
    public uint SupplierThousandths { get; init; } = 200;

    /// <summary>Blocks in which keys are shown, after the seed.</summary>
    public uint ReleaseBlocks { get; init; } = 1;

    /// <summary>Put down by a supplier with each set, and by each of its custodians; burned where a key that was drawn is not shown.</summary>
    public Amount SealedBond { get; init; } = Amount.FromNtk(100);

    /// <summary>Blocks after which an offer ends that was not taken up.</summary>
    public ulong OfferBlocks { get; init; } = 10_000;

    /// <summary>Samples of one supplier at most, in a round of so many.</summary>
    public uint SupplierMaxOf(uint samples) => (uint)((ulong)samples * SupplierThousandths / 1_000);

    public string? Fault()
    {
        if (SealedSamples > SealedLimits.DrawnMax) return $"parameters.hold_outs.sealed_samples: a number up to {SealedLimits.DrawnMax}";
        if (SupplierThousandths is 0 or > 1_000) return "parameters.hold_outs.supplier_thousandths: a number from 1 to 1000";
        if (ReleaseBlocks is 0 or > 10_000) return "parameters.hold_outs.release_blocks: a number from 1 to 10000";
        if (SealedBond.IsZero) return "parameters.hold_outs.sealed_bond: above 0";
        return OfferBlocks is 0 or > 10_000_000 ? "parameters.hold_outs.offer_blocks: a number from 1 to 10000000" : null;
    }
}
