using NeuroChain.Learning.Torch;

namespace NeuroChain.Learning.Tests;

public sealed class TensorTests
{
    [Theory]
    [MemberData(nameof(TorchMachine.Devices), MemberType = typeof(TorchMachine))]
    public void ValuesComeBackAsTheyWent(string on)
    {
        var device = TorchMachine.Demand(on);
        float[] values = [1f, -0f, float.Epsilon, float.NaN, float.MaxValue, 0.1f];
        using var tensor = Tensor.From(values, [2, 3], device);
        Assert.Equal([2L, 3L], tensor.Shape);
        var back = new float[6];
        tensor.CopyTo(back);
        Assert.Equal(Samples.Bits(values), Samples.Bits(back));
    }

    [Fact]
    public void SizesThatDoNotFitAreRefusedByName()
    {
        TorchMachine.Demand();
        using var scope = new DisposeScope();
        Tensor Of(params long[] shape) => Tensor.From(new float[shape.Aggregate((a, b) => a * b)], shape, Device.Cpu);
        Action[] wrong =
        [
            () => Tensor.From([1f, 2f], [3], Device.Cpu),
            () => Tensor.From([1f], [], Device.Cpu),
            () => Tensor.From([1f], [1, 1, 1, 1, 1, 1, 1, 1, 1], Device.Cpu),
            () => Tensor.From([1f], [0], Device.Cpu),
            () => Tensor.From([1f], [-1, -1], Device.Cpu),
            () => Tensor.From([1f], [long.MaxValue, 2], Device.Cpu),
            () => Tensor.Labels([0, 3], 3, Device.Cpu),
            () => Of(2, 2).CopyTo(new float[3]),
            () => Of(2).Backward(),
            () => _ = Of(2).Grad,
            () => Functional.Conv2d(Of(1, 2, 5, 5), Of(4, 3, 3, 3), Of(4), 1),
            () => Functional.Conv2d(Of(1, 2, 5, 5), Of(4, 2, 3, 3), Of(3), 1),
            () => Functional.Conv2d(Of(1, 2, 5, 5), Of(4, 2, 3, 3), Of(4), 3),
            () => Functional.Conv2d(Of(1, 2, 5, 5), Of(4, 2, 3, 3), Of(4), -1),
            () => Functional.Conv2d(Of(1, 2, 2, 2), Of(4, 2, 3, 3), Of(4), 0),
            () => Functional.MaxPool2d(Of(1, 1, 4, 4), 5),
            () => Functional.MaxPool2d(Of(1, 1, 4, 4), 0),
            () => Functional.MaxPool2d(Of(4, 4), 2),
            () => Functional.Flatten(Of(4)),
            () => Functional.Linear(Of(2, 3), Of(5, 4), Of(5)),
            () => Functional.Linear(Of(2, 3), Of(5, 3), Of(4)),
            () => Functional.CrossEntropy(Of(2, 3), Tensor.Labels([0, 1, 2], 3, Device.Cpu)),
            () => Functional.Batch(Tensor.From([1, 2], [2, 1], Device.Cpu), Tensor.Labels([0, 1], 2, Device.Cpu), [2]),
            () => Functional.Batch(Tensor.From([1, 2], [2, 1], Device.Cpu), Tensor.Labels([0, 1], 2, Device.Cpu), [-1]),
            () => Functional.Batch(Tensor.From([1, 2], [2, 1], Device.Cpu), Tensor.Labels([0], 2, Device.Cpu), [0]),
            () => Functional.Batch(Tensor.From([1, 2], [2, 1], Device.Cpu), Tensor.Labels([0, 1], 2, Device.Cpu), []),
            () => _ = new SGD([], 0.1),
            () => _ = new SGD([Of(1)], double.NaN),
            () => _ = new SGD([Of(1)], 0.1, momentum: 1),
        ];
        foreach (var (number, action) in wrong.Index())
        {
            var failure = Assert.Throws<TorchException>(action);
            Assert.True(failure.Status is TorchStatus.WrongSize or TorchStatus.NullArgument, $"{number}: {failure.Message}");
            Assert.True(failure.Message.Length > "libtorch: WrongSize: ".Length);
        }
    }

    [Fact]
    public void ATensorThatWasGivenBackReachesNoOptimizer()
    {
        TorchMachine.Demand();
        using var kept = Tensor.From([1f], [1], Device.Cpu).RequiresGrad();
        var gone = Tensor.From([1f], [1], Device.Cpu).RequiresGrad();
        gone.Dispose();
        Assert.Throws<ObjectDisposedException>(() => new SGD([kept, gone], 0.1));
        using var optimizer = new SGD([kept], 0.1);
        optimizer.ZeroGrad();
    }

    [Fact]
    public void WhatLibtorchItselfRefusesIsANamedExceptionWithItsWords()
    {
        TorchMachine.Demand();
        using var scope = new DisposeScope();
        var bytes = Tensor.From([1, 2], [2], Device.Cpu);
        var failure = Assert.Throws<TorchException>(() => bytes.RequiresGrad());
        Assert.Equal(TorchStatus.Torch, failure.Status);
        Assert.Contains("floating point", failure.Message);
    }

    [Fact]
    public void MemoryThatIsNotThereIsANamedException()
    {
        TorchMachine.Demand();
        using var scope = new DisposeScope();
        // 2^46 values of four bytes: more than a processor's addresses reach, so no system pretends to have them.
        var (many, ones) = (new float[1 << 23], new float[1 << 23]);
        var input = Tensor.From(many, [1 << 23, 1], Device.Cpu);
        var weight = Tensor.From(ones, [1 << 23, 1], Device.Cpu);
        Assert.Equal(TorchStatus.OutOfMemory, TorchMachine.StatusOf(() => Functional.Linear(input, weight, Tensor.From(ones, [1 << 23], Device.Cpu))));
        Assert.Equal(3f, Tensor.From([3f], [1], Device.Cpu).Item());
    }

    [Fact]
    public void AScopeGivesBackWhatWasMadeInIt()
    {
        TorchMachine.Demand();
        using var kept = Tensor.From([1f], [1], Device.Cpu);
        Tensor inner;
        using (new DisposeScope())
        {
            using (new DisposeScope()) inner = Functional.Relu(kept);
            Assert.Throws<ObjectDisposedException>(() => inner.Item());
            inner = Functional.Relu(kept);
            Assert.Equal(1f, inner.Item());
        }
        Assert.Throws<ObjectDisposedException>(() => inner.Item());
        Assert.Equal(1f, kept.Item());
    }
}
