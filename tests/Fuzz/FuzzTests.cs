namespace NeuroChain.Fuzz;

/// <summary>The part of the fuzzing that every test run has: the corpus, and some thousand mutations per target from a fixed seed.</summary>
public sealed class FuzzTests
{
    private const ulong Seed = 1;

    public static TheoryData<string> Targets => [.. AllTargets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void EveryGoodCaseIsTaken(string name)
    {
        var target = AllTargets.Named(name);
        for (var number = 0; number < 20; number++)
        {
            Assert.Null(Promises.Break(target, target.Case(number), out var wasTaken));
            Assert.True(wasTaken, $"case {number} was refused");
        }
    }

    // Fails where a format was changed: after one that was meant, ./neurochain fuzz --write-corpus writes the cases again.
    [Theory]
    [MemberData(nameof(Targets))]
    public void TheCorpusIsTaken(string name)
    {
        var target = AllTargets.Named(name);
        var good = Corpus.GoodOf(target).ToList();
        Assert.NotEmpty(good);
        foreach (var (file, bytes) in good)
        {
            Assert.Null(Promises.Break(target, bytes, out var wasTaken));
            Assert.True(wasTaken, $"{file} was refused");
        }
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void WhatOnceBrokeAPromiseNoLongerDoes(string name)
    {
        var target = AllTargets.Named(name);
        _ = new Fuzzer(target, Seed); // what is allocated once is no input's
        foreach (var (file, bytes) in Corpus.FoundOf(target))
            Assert.Equal((file, null), (file, Promises.Break(target, bytes, out _)));
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void NoMutationBreaksAPromise(string name)
    {
        var target = AllTargets.Named(name);
        var fuzzer = new Fuzzer(target, Seed);
        while (fuzzer.Inputs < target.TestInputs)
            if (fuzzer.Next() is { } failure)
                Assert.Fail($"{failure.Broken}; repeat it with: ./neurochain fuzz {name} --input {Corpus.Keep(failure)}");
    }

    [Fact]
    public void ASeedIsARun()
    {
        Assert.Equal(Run(), Run());

        static (long, long) Run()
        {
            var fuzzer = new Fuzzer(AllTargets.Named("vote"), Seed);
            while (fuzzer.Inputs < 2_000) Assert.Null(fuzzer.Next());
            return (fuzzer.Inputs, fuzzer.Taken);
        }
    }
}
