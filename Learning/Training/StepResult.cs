namespace NeuroChain.Learning;

/// <param name="Step">Steps taken so far, this one included.</param>
/// <param name="MeanLoss">Of the mini-batch before the step, in units of 2^-20 nats.</param>
/// <param name="Fault">Not None when the model has diverged: no further step will be taken.</param>
public readonly record struct StepResult(int Step, uint MeanLoss, EvaluationFault Fault);
