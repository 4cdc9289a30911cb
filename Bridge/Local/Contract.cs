using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>A contract that stands on the local Ethereum.</summary>
internal sealed record Contract(LocalEthereum Ethereum, ContractArtifact Artifact, Address Address)
{
    public static async Task<Contract> DeployAsync(LocalEthereum ethereum, Address from, string name, params AbiValue[] arguments)
    {
        var artifact = ContractArtifact.Load(name);
        var receipt = await ethereum.SendAsync(from, null, artifact.Creation(arguments));
        return new Contract(ethereum, artifact, receipt.Created!.Value);
    }

    public Contract At(Address address) => this with { Address = address };

    public Task<LocalReceipt> SendAsync(Address from, string function, params AbiValue[] arguments) =>
        SendAsync(from, Artifact.Call(function, arguments));

    public Task<LocalReceipt> SendAsync(Address from, byte[] call) => Ethereum.SendAsync(from, Address, call);

    /// <summary>The name of the error that the call would end with.</summary>
    public Task<string> RefusalAsync(Address from, string function, params AbiValue[] arguments) =>
        RefusalAsync(from, Artifact.Call(function, arguments));

    public async Task<string> RefusalAsync(Address from, byte[] call) => KnownErrors.NameOf(await Ethereum.RefusalAsync(from, Address, call));

    /// <summary>The one word that a function returns.</summary>
    public async Task<Hash256> ReadAsync(string function, params AbiValue[] arguments) =>
        Hash256.FromBytes(await Ethereum.ReadAsync(Ethereum.Accounts[0], Address, Artifact.Call(function, arguments)));

    public async Task<UInt128> NumberAsync(string function, params AbiValue[] arguments) => Words.Low(await ReadAsync(function, arguments));

    public async Task<Address> AddressAsync(string function, params AbiValue[] arguments) => Words.Address(await ReadAsync(function, arguments));

    public Task<Hash256> SlotAsync(ulong slot) => Ethereum.SlotAsync(Address, Words.Of(slot));
}
