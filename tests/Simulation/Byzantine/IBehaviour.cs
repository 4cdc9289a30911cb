using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// A way to break the rules. It stands between a production engine, which goes on believing that it is honest, and the network: it may send
/// something else than the engine says, to others than it says, and more.
/// </summary>
public interface IBehaviour
{
    string Name { get; }

    /// <summary>What goes out instead of a message of the engine.</summary>
    IEnumerable<Parcel> Send(IReadOnlyList<Address> to, PeerMessage message, Accomplice me) => Accomplice.AsItIs(to, message);

    /// <summary>What goes out because something was heard.</summary>
    IEnumerable<Parcel> Hear(Address from, PeerMessage message, Accomplice me) => [];

    /// <summary>What is answered to somebody who catches up.</summary>
    IEnumerable<FetchedBlock> Serve(Height from, Height to, IReadOnlyList<FetchedBlock> honest, Accomplice me) => honest;
}
