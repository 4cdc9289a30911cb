using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

/// <summary>
/// The steps of a run: cards of a deck that a seed shuffles, so that few steps have every kind. Each draws from a stream of its own: the same seed gives
/// the same steps with the same numbers, however many numbers others drew. What a step meets depends on threads and sockets as well.
/// </summary>
internal sealed class BridgeDeck
{
    /// <summary>What begins with the first ends with the second, after this many other cards at most: else most of a run would stand.</summary>
    private const int OthersBetweenMax = 6;

    private static readonly (string Begin, string End)[] Pairs =
        [("pause vault", "unpause vault"), ("pause chain", "resume chain"), ("all deaf", "heal"), ("one validator deaf", "heal"), ("stop or start", "restart")];

    private readonly ulong _seed;
    private readonly ImmutableArray<(string Name, int Cards, Func<SeededStream, Task<string>> Step)> _kinds;

    public BridgeDeck(ulong seed, HolderSteps holders, RelaySteps relay, ValidatorSteps validators, MishapSteps mishaps, bool mayHang)
    {
        _seed = seed;
        _kinds =
        [
            ("lock", 3, holders.LockAsync),
            ("lock much", 1, holders.LockMuchAsync),
            ("lock for nobody", 1, holders.LockForNobodyAsync),
            ("lock for learning", 1, holders.LockForLearningAsync),
            ("lock for claims", 2, holders.LockForClaimsAsync),
            ("mis-send", 1, holders.MissendAsync),
            ("burn there", 1, holders.BurnThereAsync),
            ("burn", 4, holders.BurnAsync),
            ("burn much", 2, holders.BurnMuchAsync),
            ("release", 2, holders.ReleaseAsync),
            ("relay", 3, relay.RelayAsync),
            ("claim", 2, holders.ClaimAsync),
            ("change power", 1, validators.ChangePowerAsync),
            ("rotate", 1, validators.RotateAsync),
            ("follow", 1, validators.FollowAsync),
            ("pause chain", 1, validators.PauseChainAsync),
            ("resume chain", 1, validators.ResumeChainAsync),
            ("pause vault", 1, validators.PauseVaultAsync),
            ("unpause vault", 1, validators.UnpauseVaultAsync),
            ("veto", 1, validators.VetoAsync),
            ("redirect", 1, validators.RedirectAsync),
            ("lie", 1, validators.LieAsync),
            ("mine", 3, mishaps.MineAsync),
            ("reorganise", 2, mishaps.ReorganizeAsync),
            ("fall back", 1, mishaps.RevertAsync),
            ("one endpoint of each", 1, stream => mishaps.FailOneOfEachAsync(stream, mayHang)),
            ("one validator deaf", 1, mishaps.DeafenAsync),
            ("all deaf", 1, mishaps.DarkenAsync),
            ("heal", 2, mishaps.HealAsync),
            ("stop or start", 1, mishaps.StopOrStartAsync),
            ("restart", 1, mishaps.RestartAsync),
        ];
    }

    /// <param name="decks">Shuffled one after the other.</param>
    public IEnumerable<(string Name, Func<Task<string>> Step)> Deal(int decks)
    {
        var cards = _kinds.SelectMany(kind => Enumerable.Repeat((kind.Name, kind.Step), kind.Cards)).ToList();
        for (var deck = 0; deck < decks; deck++)
        {
            var place = deck;
            var stream = StreamOf(place, cards.Count);
            var order = stream.NextDistinct(cards.Count, cards.Count).ToList();
            var brought = new HashSet<int>();
            foreach (var (begin, end) in Pairs) brought.Add(Bring(order, stream, card => cards[card].Name == begin, card => cards[card].Name == end && !brought.Contains(card)));
            foreach (var card in order) yield return (cards[card].Name, () => cards[card].Step(StreamOf(place, card)));
        }
    }

    // An end comes soon after its beginning; which.
    private static int Bring(List<int> order, SeededStream stream, Predicate<int> isBegin, Predicate<int> isEnd)
    {
        var end = order[order.FindLastIndex(isEnd)];
        order.Remove(end);
        order.Insert(Math.Min(order.Count, order.FindIndex(isBegin) + 2 + (int)stream.NextBelow(OthersBetweenMax)), end);
        return end;
    }

    /// <summary>For what is not in the deck.</summary>
    public SeededStream StreamOf(int deck, int card) => new(Hash256.Sha256(new ByteWriter().UInt64(_seed).UInt32(unchecked((uint)deck)).UInt32((uint)card).ToArray()));
}
