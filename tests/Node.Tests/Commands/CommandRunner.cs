using System.Text;

namespace NeuroChain.Node.Tests;

/// <summary>What a command left.</summary>
internal sealed record CommandOutcome(int ExitCode, string Output, string Errors);

/// <summary>
/// Runs commands in this process, each with an output of its own: a process for each takes a second of a core. The console is the process's, so what is written
/// to it goes to whichever command the writer runs in.
/// </summary>
internal static class CommandRunner
{
    private static readonly AsyncLocal<StringWriter?> Output = new(), Errors = new();

    static CommandRunner()
    {
        Console.SetOut(new Forked(Console.Out, Output));
        Console.SetError(new Forked(Console.Error, Errors));
    }

    public static async Task<CommandOutcome> RunAsync(params string[] words)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        (Output.Value, Errors.Value) = (output, errors);
        var code = await CommandLine.RunAsync(words);
        (Output.Value, Errors.Value) = (null, null);
        return new CommandOutcome(code, output.ToString(), errors.ToString());
    }

    private sealed class Forked(TextWriter console, AsyncLocal<StringWriter?> command) : TextWriter
    {
        public override Encoding Encoding => console.Encoding;

        public override void Write(char value)
        {
            var writer = command.Value ?? console;
            lock (writer) writer.Write(value);
        }
    }
}
