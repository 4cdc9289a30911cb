using NeuroChain.Fuzz;
using Xunit.Runner.InProc.SystemConsole;

// "fuzz" is the command of ./neurochain; whatever else comes is the test runner's.
return args is ["fuzz", .. var rest] ? FuzzCommand.Run(rest) : await ConsoleRunner.Run(args);
