using NeuroChain.NextRelease;
using NeuroChain.Node;

return await CommandLine.RunAsync(args, NextRules.All).ConfigureAwait(false);
