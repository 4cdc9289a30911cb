using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>What the watcher asks one endpoint. Whoever runs it answers with <see cref="Said"/> of the same kind, or with a fault.</summary>
public abstract record Question
{
    private Question(int endpoint) => Endpoint = endpoint;

    /// <summary>Its place in the configuration.</summary>
    public int Endpoint { get; }

    /// <summary>Chain id, genesis, newest and final block.</summary>
    public sealed record Survey(int Of) : Question(Of);

    public sealed record HeaderAt(int Of, ulong Number) : Question(Of);

    public sealed record Headers(int Of, ulong From, ulong To) : Question(Of);

    /// <summary>Blocks of the range in which the vault logged, by eth_getLogs.</summary>
    public sealed record LogIndex(int Of, Address Contract, ulong From, ulong To) : Question(Of);

    public sealed record Receipts(int Of, EthereumBlockId Block) : Question(Of);

    public sealed record Proof(int Of, Address Account, ImmutableArray<Hash256> Slots, ulong Number) : Question(Of);
}

/// <summary>What an endpoint answered.</summary>
public abstract record Said
{
    private Said() { }

    public sealed record Failed(EndpointFault Fault, string Detail) : Said;

    public sealed record Survey(EndpointSurvey Value) : Said;

    public sealed record Header(RpcHeader Value) : Said;

    public sealed record Headers(ImmutableArray<RpcHeader> Value) : Said;

    public sealed record LogIndex(ImmutableArray<ulong> Value) : Said;

    public sealed record Receipts(ImmutableArray<EthereumReceipt> Value) : Said;

    public sealed record Proof(AccountEvidence Value) : Said;
}
