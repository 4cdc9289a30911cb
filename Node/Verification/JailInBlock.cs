using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>Whether a validator was in jail at a moment within a block: of what a block does some comes before a certificate is paid, and some after it.</summary>
internal static class JailInBlock
{
    /// <param name="events">Of the block, in order.</param>
    /// <param name="validator">Who.</param>
    /// <param name="wasJailed">Whether it was before the block.</param>
    /// <param name="task">Of the certificate that is the moment.</param>
    /// <param name="round">Its training round.</param>
    public static bool AtCertificate(IEnumerable<Event> events, Address validator, bool wasJailed, Hash256 task, ulong round)
    {
        var certified = FormattableString.Invariant($"{task} {round}");
        foreach (var happened in events)
        {
            if (happened.Kind == "training.certified" && $"{Of(happened, "task")} {Of(happened, "training_round")}" == certified) return wasJailed;
            if (happened.Kind is not ("validators.jailed" or "validators.unjailed")) continue;
            if (Address.TryParse(Of(happened, "validator"), out var who) && who == validator) wasJailed = happened.Kind == "validators.jailed";
        }

        return wasJailed;
    }

    private static string Of(Event happened, string key) => happened.Attributes.First(attribute => attribute.Key == key).Value;
}
