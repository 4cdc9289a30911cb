using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>
/// The polkas that were seen in the height in progress, as many as one height may have in the store; beyond that those of the lowest round go.
/// </summary>
/// <remarks>
/// Whoever forks the chain can let honest nodes go through rounds as quickly as messages travel and make a polka in each, so any bound can be
/// reached. What explains a decision is the polka of its round, the one that this answers, and so on downwards: that is kept from its upper
/// end. Polkas made beforehand hide nothing so; those made afterwards come when the other side has decided, and each of them must keep
/// the two sides apart a round longer (ADR 074).
/// </remarks>
/// <param name="max">How many are kept.</param>
internal sealed class SeenPolkas(int max = HeightCertificates.PolkasMax)
{
    private readonly SortedDictionary<Round, List<PolkaCertificate>> _rounds = [];

    public int Count { get; private set; }

    /// <summary>By round, and within one as they came.</summary>
    public IEnumerable<PolkaCertificate> All => _rounds.Values.SelectMany(polkas => polkas);

    public void Add(PolkaCertificate polka)
    {
        if (!_rounds.TryGetValue(polka.Round, out var ofRound)) _rounds[polka.Round] = ofRound = [];
        ofRound.Add(polka);
        if (++Count > max) DropLowest();
    }

    public void Clear()
    {
        _rounds.Clear();
        Count = 0;
    }

    private void DropLowest()
    {
        var (round, polkas) = _rounds.First();
        polkas.RemoveAt(0);
        if (polkas.Count == 0) _rounds.Remove(round);
        Count--;
    }
}
