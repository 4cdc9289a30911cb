using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>Spoils the bytes of what it says: flips bits, cuts, repeats, splices in parts of other messages, and moves heights and rounds by one.</summary>
public sealed class ByteMutator : IBehaviour
{
    /// <summary>Kind 1, then for votes kind 1: where heights and rounds stand in most messages.</summary>
    private const int NumbersEnd = 16;

    public string Name => "byte-mutator";

    public IEnumerable<Parcel> Send(IReadOnlyList<Address> to, PeerMessage message, Accomplice me)
    {
        var letter = new Letter(message);
        if (!me.Draw.NextChance(1, 3)) return to.Select(address => new Parcel(address, letter));
        var spoilt = new Letter(Spoil(letter.Bytes, me));
        return to.SelectMany(address => me.Draw.NextBelow(3) switch
        {
            0 => [new Parcel(address, letter)],
            1 => [new Parcel(address, spoilt)],
            _ => new[] { new Parcel(address, spoilt), new Parcel(address, letter) },
        });
    }

    private static byte[] Spoil(byte[] original, Accomplice me)
    {
        var bytes = original.ToArray();
        var at = (int)me.Draw.NextBelow((ulong)bytes.Length);
        switch (me.Draw.NextBelow(6))
        {
            case 0:
                bytes[at] ^= (byte)(1 << (int)me.Draw.NextBelow(8));
                return bytes;
            case 1:
                return bytes[..at];
            case 2:
                return [.. bytes[..at], .. bytes[at..], .. bytes[..at]];
            case 3 when me.Heard.Count > 0:
                var other = me.Pick(me.Heard).Encode();
                return [.. bytes[..at], .. other.AsSpan(Math.Min(at, other.Length))];
            case 4:
                me.Draw.Fill(bytes.AsSpan(at, Math.Min(8, bytes.Length - at)));
                return bytes;
            default:
                var number = (int)me.Draw.NextBelow((ulong)Math.Min(NumbersEnd, bytes.Length));
                bytes[number] = unchecked((byte)(bytes[number] + (me.Draw.NextChance(1, 2) ? 1 : -1)));
                return bytes;
        }
    }
}
