using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>One side of a fork: the home of a stopped node, or a file that its operator made of it.</summary>
internal sealed class ForkSide : IDisposable
{
    private readonly HeightCertificates? _file;
    private readonly RocksStore? _store;
    private readonly ChainStore? _chain;
    private readonly GenesisHash _genesis;

    /// <exception cref="OperatorException">The path is neither, or a node uses the home.</exception>
    public ForkSide(string path)
    {
        Path = path;
        if (Directory.Exists(path))
        {
            var home = new NodeHome(path);
            _genesis = home.LoadGenesis().Hash;
            _store = DatabaseCommand.Open(home);
            _chain = new ChainStore(_store);
            return;
        }

        if (!File.Exists(path)) throw new OperatorException($"{path} is no home and no file: give the folder of a node, or what inspect certificates wrote");
        if (new FileInfo(path).Length > HeightCertificates.FileBytesMax || !HeightCertificates.TryDecode(File.ReadAllBytes(path), out _file))
            throw new OperatorException($"{path} holds no certificates: inspect certificates writes such files");
        _genesis = _file.Genesis;
    }

    public string Path { get; }

    public GenesisHash Genesis => _genesis;

    /// <summary>The heights that it can show, both ends included; null where there are none.</summary>
    public (Height First, Height Last)? Heights
    {
        get
        {
            if (_file is not null) return (_file.Height, _file.Height);
            var last = _chain!.Mark is { } bytes && Ledger.LedgerMark.TryDecode(bytes, out var mark) ? mark.Height : Height.Genesis;
            return last >= _chain.EarliestBlock ? (_chain.EarliestBlock, last) : null;
        }
    }

    /// <summary>What it decided; null where it cannot show that height.</summary>
    public HeightCertificates? At(Height height) => _file is null ? HeightCertificates.Of(_genesis, _chain!, height) : _file.Height == height ? _file : null;

    public void Dispose() => _store?.Dispose();
}
