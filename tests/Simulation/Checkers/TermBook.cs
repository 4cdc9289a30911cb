using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Simulation;

/// <summary>
/// Who leads round 0 by right of a certified training, by a reckoning of this file's own: grants are the chain's word, which another checker
/// looks into; who uses them up, in which order and when they wait or end, is found here.
/// </summary>
public sealed class TermBook(MemberBook members, AttendanceBook attendance)
{
    private const ulong RotationPeriod = 4;

    private readonly List<Term> _terms = [];
    private readonly Dictionary<Height, Address> _leads = [];

    /// <summary>Who leads round 0 of a height up to two past the last block; null where no term does.</summary>
    public Address? At(Height height) => _leads.TryGetValue(height, out var holder) ? holder : null;

    /// <summary>Takes note of a block, of which members and attendance took note before.</summary>
    public void Note(Height height, IReadOnlyList<Event> events)
    {
        foreach (var happened in events)
        {
            switch (happened.Kind)
            {
                case "training.term_granted":
                    _terms.Add(new Term(In(happened, "term"), AddressIn(happened, "holder")) { Quota = uint.Parse(In(happened, "blocks"), CultureInfo.InvariantCulture) });
                    break;
                case "training.term_expired":
                    var expired = In(happened, "term");
                    _terms.RemoveAll(term => term.Id == expired);
                    break;
                case "validators.jailed" or "validators.removed" or "validators.key_rotated":
                    var gone = AddressIn(happened, "validator");
                    _terms.RemoveAll(term => term.Holder == gone);
                    break;
            }
        }

        var target = height.Plus(2);
        if (target.Value % RotationPeriod == 0) return;
        var (voters, elected, absent) = (members.At(height), members.Elected, attendance.At(target));
        var next = _terms.Find(term => !absent.Contains(term.Holder) && voters.Any(v => v.Address == term.Holder) && elected.Any(v => v.Address == term.Holder));
        if (next is null) return;
        _leads[target] = next.Holder;
        if (--next.Quota == 0) _terms.Remove(next);
    }

    private static string In(Event happened, string key) => happened.Attributes.Single(attribute => attribute.Key == key).Value;

    private static Address AddressIn(Event happened, string key) => Address.TryParse(In(happened, key), out var address) ? address : throw new SimulationFailedException($"validity: an event {happened.Kind} without a {key}");

    private sealed class Term(string id, Address holder)
    {
        public string Id => id;

        public Address Holder => holder;

        public uint Quota { get; set; }
    }
}
