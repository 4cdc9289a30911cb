using System.Runtime.InteropServices;

namespace NeuroChain.Learning.Torch;

/// <summary>The functions of Learning/native/neurochain_torch.h, one to one. <see cref="TorchLibrary"/> says where the library is.</summary>
internal static unsafe partial class TorchNative
{
    public const string Library = "neurochain_torch";

    /// <summary>Of the header that these declarations were written for.</summary>
    public const int Abi = 1;

    static TorchNative() =>
        NativeLibrary.SetDllImportResolver(typeof(TorchNative).Assembly, (name, _, _) => name == Library ? TorchLibrary.Handle : 0);

    [LibraryImport(Library, EntryPoint = "nct_error")]
    public static partial byte* Error();

    [LibraryImport(Library, EntryPoint = "nct_version")]
    public static partial TorchStatus Version(byte* text, int bytes);

    [LibraryImport(Library, EntryPoint = "nct_live")]
    public static partial long Live();

    [LibraryImport(Library, EntryPoint = "nct_set_threads")]
    public static partial TorchStatus SetThreads(int threads);

    [LibraryImport(Library, EntryPoint = "nct_allow_tf32")]
    public static partial TorchStatus AllowTf32(int allow);

    [LibraryImport(Library, EntryPoint = "nct_cuda_devices")]
    public static partial TorchStatus CudaDevices(out int count);

    [LibraryImport(Library, EntryPoint = "nct_cuda_device")]
    public static partial TorchStatus CudaDevice(int index, byte* name, byte* uuid, byte* driver, int bytes, out long memory);

    [LibraryImport(Library, EntryPoint = "nct_synchronize")]
    public static partial TorchStatus Synchronize(int device);

    [LibraryImport(Library, EntryPoint = "nct_tensor_float32")]
    public static partial TorchStatus TensorFloat32(
        ReadOnlySpan<float> values, long count, ReadOnlySpan<long> shape, int dimensions, int device, out TensorHandle tensor);

    [LibraryImport(Library, EntryPoint = "nct_tensor_uint8")]
    public static partial TorchStatus TensorUInt8(
        ReadOnlySpan<byte> values, long count, ReadOnlySpan<long> shape, int dimensions, int device, out TensorHandle tensor);

    [LibraryImport(Library, EntryPoint = "nct_tensor_labels")]
    public static partial TorchStatus TensorLabels(ReadOnlySpan<byte> labels, long count, int classes, int device, out TensorHandle tensor);

    [LibraryImport(Library, EntryPoint = "nct_tensor_free")]
    public static partial void TensorFree(nint tensor);

    [LibraryImport(Library, EntryPoint = "nct_tensor_shape")]
    public static partial TorchStatus TensorShape(TensorHandle tensor, Span<long> shape, int capacity, out int dimensions);

    [LibraryImport(Library, EntryPoint = "nct_tensor_read")]
    public static partial TorchStatus TensorRead(TensorHandle tensor, Span<float> values, long count);

    [LibraryImport(Library, EntryPoint = "nct_tensor_requires_grad")]
    public static partial TorchStatus TensorRequiresGrad(TensorHandle tensor);

    [LibraryImport(Library, EntryPoint = "nct_tensor_grad")]
    public static partial TorchStatus TensorGrad(TensorHandle tensor, out TensorHandle gradient);

    [LibraryImport(Library, EntryPoint = "nct_tensor_backward")]
    public static partial TorchStatus TensorBackward(TensorHandle tensor);

    [LibraryImport(Library, EntryPoint = "nct_batch")]
    public static partial TorchStatus Batch(
        TensorHandle images, TensorHandle labels, ReadOnlySpan<long> indices, long count, out TensorHandle pixels, out TensorHandle targets);

    [LibraryImport(Library, EntryPoint = "nct_conv2d")]
    public static partial TorchStatus Conv2d(TensorHandle input, TensorHandle weight, TensorHandle bias, long padding, out TensorHandle output);

    [LibraryImport(Library, EntryPoint = "nct_max_pool2d")]
    public static partial TorchStatus MaxPool2d(TensorHandle input, long window, out TensorHandle output);

    [LibraryImport(Library, EntryPoint = "nct_relu")]
    public static partial TorchStatus Relu(TensorHandle input, out TensorHandle output);

    [LibraryImport(Library, EntryPoint = "nct_flatten")]
    public static partial TorchStatus Flatten(TensorHandle input, out TensorHandle output);

    [LibraryImport(Library, EntryPoint = "nct_linear")]
    public static partial TorchStatus Linear(TensorHandle input, TensorHandle weight, TensorHandle bias, out TensorHandle output);

    [LibraryImport(Library, EntryPoint = "nct_cross_entropy")]
    public static partial TorchStatus CrossEntropy(TensorHandle logits, TensorHandle targets, out TensorHandle output);

    [LibraryImport(Library, EntryPoint = "nct_autocast")]
    public static partial TorchStatus Autocast(int device, int enabled);

    [LibraryImport(Library, EntryPoint = "nct_sgd_new")]
    public static partial TorchStatus SgdNew(
        ReadOnlySpan<nint> parameters, int count, double rate, double momentum, double decay, out OptimizerHandle optimizer);

    [LibraryImport(Library, EntryPoint = "nct_sgd_step")]
    public static partial TorchStatus SgdStep(OptimizerHandle optimizer);

    [LibraryImport(Library, EntryPoint = "nct_sgd_zero_grad")]
    public static partial TorchStatus SgdZeroGrad(OptimizerHandle optimizer);

    [LibraryImport(Library, EntryPoint = "nct_sgd_free")]
    public static partial void SgdFree(nint optimizer);

    /// <summary>To be called at once, on the thread whose call gave the status.</summary>
    /// <exception cref="TorchException">The call failed.</exception>
    public static void Check(TorchStatus status)
    {
        if (status != TorchStatus.Ok) throw new TorchException(status, Marshal.PtrToStringUTF8((nint)Error()) ?? "");
    }
}
