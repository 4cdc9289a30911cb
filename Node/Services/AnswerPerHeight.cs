using System.Collections.Concurrent;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>Answers that cost much and change with each block only: each is made once per height, however often and by however many it is asked for.</summary>
/// <typeparam name="TKey">What is asked about; of each the last answer is kept, so there must be few.</typeparam>
/// <typeparam name="TAnswer">Not changed once it is made.</typeparam>
internal sealed class AnswerPerHeight<TKey, TAnswer>
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, (Height Height, Lazy<TAnswer> Answer)> _last = [];

    public TAnswer Get(TKey key, Height height, Func<TAnswer> make)
    {
        return _last.AddOrUpdate(key, _ => Later(), (_, last) => last.Height == height ? last : Later()).Answer.Value;

        // Who comes second waits for the first.
        (Height Height, Lazy<TAnswer> Answer) Later() => (height, new Lazy<TAnswer>(make));
    }
}
