using NeuroChain.Chain;

namespace NeuroChain.Gallery;

/// <summary>
/// Candidates that are no better than the incumbent: in standard errors, what the judging samples show of them is drawn from the normal
/// distribution, anew for each seed. Whoever holds shares back chooses the best of 2^f seeds.
/// </summary>
internal static class NullCandidates
{
    public const int Rounds = 1_000_000;

    /// <summary>Certificates without any gain behind them, in a million rounds.</summary>
    /// <param name="withholders">f.</param>
    /// <param name="zThousandths">That is asked for.</param>
    /// <returns>All of them, and those that the seed of all shares would not have given.</returns>
    public static (int Certified, int ByChoice) Count(int withholders, uint zThousandths)
    {
        var normals = new Normals(new SeededStream(1));
        var (certified, chosen, bar) = (0, 0, zThousandths / 1_000.0);
        for (var round = 0; round < Rounds; round++)
        {
            var honest = normals.Next();
            var best = honest;
            for (var seed = 1; seed < 1 << withholders; seed++) best = Math.Max(best, normals.Next());
            if (best < bar) continue;
            certified++;
            if (honest < bar) chosen++;
        }

        return (certified, chosen);
    }

    /// <summary>The same where whoever sees that a first seed certifies nothing has a second one drawn.</summary>
    /// <param name="first">z that is asked for under the first seed, in thousandths.</param>
    /// <param name="second">Under the second.</param>
    /// <returns>Certificates, and rounds that came to a second seed.</returns>
    public static (int Certified, int Voided) CountWithSecond(uint first, uint second)
    {
        var normals = new Normals(new SeededStream(2));
        var (certified, voided) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            if (normals.Next() >= first / 1_000.0)
            {
                certified++;
                continue;
            }

            voided++;
            if (normals.Next() >= second / 1_000.0) certified++;
        }

        return (certified, voided);
    }
}
