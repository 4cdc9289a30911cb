using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>What attesters are paid for one round, shares of the reward and of the fees together: whoever turns out to have lied gives it back.</summary>
internal sealed class AttesterPay
{
    private readonly Dictionary<Address, Amount> _paid = [];

    public Amount Of(Address attester) => _paid.GetValueOrDefault(attester);

    public void Add(Address attester, Amount amount) => _paid[attester] = Of(attester) + amount;
}
