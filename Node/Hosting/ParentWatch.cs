namespace NeuroChain.Node;

/// <summary>Ends a process with the one that started it: standard input reaches its end when the starter is gone, even when it was killed.</summary>
internal static class ParentWatch
{
    public static CancellationToken UntilInputEnds(CancellationToken cancellationToken)
    {
        var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var thread = new Thread(() =>
        {
            using var input = Console.OpenStandardInput();
            var buffer = new byte[256];
            while (input.Read(buffer) > 0) { }
            ended.Cancel();
        })
        { IsBackground = true, Name = "parent watch" };
        thread.Start();
        return ended.Token;
    }
}
