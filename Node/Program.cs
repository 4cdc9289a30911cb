using NeuroChain.Node;

return await CommandLine.RunAsync(args).ConfigureAwait(false);
