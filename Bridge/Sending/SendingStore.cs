using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>
/// The state of an account on the disk, for one process at a time. What is to be handed to anybody is on the disk before: so a crash leaves what was sent
/// noted, and what was noted can be sent again without harm, being the same bytes.
/// </summary>
public sealed class SendingStore : IDisposable
{
    private readonly TwoSlotFile _file;

    /// <param name="folder">Where it is.</param>
    /// <param name="chainId">Of Ethereum.</param>
    /// <param name="account">Whose nonces these are.</param>
    /// <exception cref="OperatorException">Another process has it, or it is harmed.</exception>
    public SendingStore(IFolder folder, ulong chainId, Address account)
    {
        var name = NameOf(chainId, account);
        _file = new TwoSlotFile(folder, name, SendingState.BytesMax);
        State = SendingState.Empty;
        if (!_file.TryRead(out var bytes, out var fault) && fault == SlotFault.NeverWritten) return;
        if (bytes is not null && SendingState.TryDecode(bytes, chainId, account, out var state))
        {
            State = state;
            return;
        }

        _file.Dispose();
        throw new OperatorException($"the file {name} is harmed: look whether a transaction of {account} waits on Ethereum, and move the file away once none does");
    }

    public SendingState State { get; private set; }

    public static string NameOf(ulong chainId, Address account) => $"tx-{chainId}-{Convert.ToHexStringLower(account.ToArray())}";

    /// <summary>On the disk on return.</summary>
    /// <exception cref="StoreFailedException">It is not: then nothing may be sent.</exception>
    public void Save(SendingState state)
    {
        _file.Write(state.Encode());
        State = state;
    }

    public void Dispose() => _file.Dispose();
}
