using System.Buffers;
using System.Collections.Frozen;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Google.Protobuf;
using NeuroChain.Chain;

namespace NeuroChain.Fuzz;

/// <summary>Every method of the program that makes a value out of bytes or text, found by its name and what it takes; and those that need no target, with the reason.</summary>
internal static partial class DecoderList
{
    private const string State = "reads a record of the state, whose root a certificate covers: other bytes are a bug, and stop the node";

    private const string Artifact = "reads a contract's artifact, which is a part of the program";

    private const string Local = "an answer of a node that this process started itself, and so believes";

    /// <summary>Without a target, by "Type.Method".</summary>
    public static readonly FrozenDictionary<string, string> Exempt = new Dictionary<string, string>
    {
        ["Account.Decode"] = State,
        ["DatasetRecord.Decode"] = State,
        ["TermRecord.ReadFrom"] = State,
        ["RoundCandidate.ReadFrom"] = State,
        ["WindowLengths.ReadFrom"] = State,
        ["LockRecord.Decode"] = State,
        ["ForkOrigin.ReadFrom"] = State,
        ["CheckRules.ReadFrom"] = State,
        ["EvaluationPath.TryParse"] = "looks a word of the operator's up in a list of four",
        ["ResidentMemory.Parse"] = "reads a line of the system's own",
        ["TrainingSummary.ReadFrom"] = "a part of the header, which is a target",
        ["RegisteredSeedChain.ReadFrom"] = State,
        ["SignatureList.Read"] = "the end of every certificate: read by the targets of the three that have it",
        ["SnapshotFolder.TryRead"] = "reads a folder: manifest, chunks and blocks are targets of their own",
        ["IdxReader.TryRead"] = "reads the operator's own data sets; gzip gives more than it takes, within bounds of its own that its tests check",
        ["TrainingPhaseText.TryParse"] = "looks a word up in a list of seven",
        ["AddressArgument.Parse"] = "a word of the command line: Address.TryParse and a message",
        ["CommonOptions.ReadPassword"] = "any text of the operator's is a password",
        ["PolicyFile.ReadObject"] = "JSON of a bounded file, by the library",
        ["AbiEntry.Read"] = Artifact,
        ["StoredVariable.Read"] = Artifact,
        ["BridgeContracts.Read"] = "writes a call: its text is the name of a method of ours",
        ["LocalReceipt.Read"] = Local,
        ["LocalLog.Read"] = Local,
    }.ToFrozenDictionary();

    private static readonly Assembly[] Program =
    [
        typeof(Hash256).Assembly, typeof(Ledger.LedgerMark).Assembly, typeof(Consensus.WalRecord).Assembly, typeof(P2P.PeerEndpoint).Assembly,
        typeof(Learning.ModelSpec).Assembly, typeof(Bridge.EthereumEndpoint).Assembly, typeof(Node.PeerMessage).Assembly,
    ];

    private static readonly Type[] Inputs = [typeof(ReadOnlySpan<byte>), typeof(ReadOnlyMemory<byte>), typeof(ReadOnlySequence<byte>), typeof(byte[]), typeof(string), typeof(ByteReader), typeof(JsonElement)];

    /// <summary>All of them as "Type.Method", in order.</summary>
    public static IEnumerable<string> Find() => Program
        .SelectMany(assembly => assembly.GetTypes())
        .Where(type => !typeof(IMessage).IsAssignableFrom(type) && type.GetCustomAttribute<CompilerGeneratedAttribute>() is null)
        .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
        .Where(method => IsEntry(method) && Name().IsMatch(method.Name) && method.GetParameters().Any(IsInput))
        .Select(method => $"{method.DeclaringType!.Name}.{method.Name}")
        .Distinct()
        .Order(StringComparer.Ordinal);

    /// <summary>Whether a type of the program has such a method, by whatever name decoders go.</summary>
    public static bool IsThere(string decoder) => decoder.Split('.') is [var type, var method]
        && Program.SelectMany(assembly => assembly.GetTypes()).Any(one => one.Name == type && one.GetMember(method, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).Length > 0);

    // A private method reads what a method beside it was given, and that one is here; but what asks an endpoint is given nothing, and reads what comes.
    private static bool IsEntry(MethodInfo method) =>
        method.IsPublic || method.IsAssembly || method.GetParameters().Any(parameter => parameter.ParameterType == typeof(JsonElement));

    private static bool IsInput(ParameterInfo parameter) =>
        !parameter.IsOut && Inputs.Contains(parameter.ParameterType.IsByRef ? parameter.ParameterType.GetElementType()! : parameter.ParameterType);

    // What throws on a wrong length by contract, FromBytes, is for callers who know it: it is no decoder.
    [GeneratedRegex("^(Try)?(Decode|Parse|Read|FromPacked)|^TryFromBytes$")]
    private static partial Regex Name();
}
