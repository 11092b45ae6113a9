"""TensorFlow."""

from __future__ import annotations

from autograder.frameworks.model import Framework, FrameworkDevice, as_array, imported


def _open_gpu(device: FrameworkDevice) -> str | None:
    config = imported("tensorflow").config
    found = config.list_physical_devices("GPU")
    if not found:
        return "it sees no GPU"
    for one in found:
        if device.memory_mib is None:
            config.experimental.set_memory_growth(one, True)
        else:
            limit = config.LogicalDeviceConfiguration(memory_limit=device.memory_mib)
            config.set_logical_device_configuration(one, [limit])
    return None


TENSORFLOW = Framework(
    name="tensorflow",
    roots=frozenset({"tensorflow"}),
    dense=frozenset({"Tensor", "EagerTensor", "Variable"}),
    sparse=frozenset(
        {
            "RaggedTensor",
            "SparseTensor",
            "IndexedSlices",
            "RaggedTensorValue",
            "SparseTensorValue",
        }
    ),
    symbolic=frozenset({"SymbolicTensor"}),
    read=as_array,
    thread_variables=("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"),
    # Fewer start-up lines of TensorFlow's C++; sums are rounded as where submissions are graded.
    variables={"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"},
    gpu_variables=lambda _: {"TF_FORCE_GPU_ALLOW_GROWTH": "true"},
    open_gpu=_open_gpu,
    memory_errors=frozenset({"ResourceExhaustedError", "InternalError"}),
    memory_signs=("CUDA_ERROR_OUT_OF_MEMORY", "device:GPU:", "GPU_0_bfc"),
)
