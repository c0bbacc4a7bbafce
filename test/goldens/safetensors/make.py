"""Writes small.safetensors with the reference implementation (safetensors 0.8.0, numpy)."""

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

tensors = {
    "1.weight": np.array([[1.5, -2.25, 3.0], [np.inf, -0.0, 1e-45]], dtype=np.float32),
    "0.bias": np.array([0.1], dtype=np.float32),
    "scalar": np.array(7, dtype=np.int32),
    "empty": np.zeros((0, 4), dtype=np.float32),
    "counts": np.array([[-2147483648, 2147483647]], dtype=np.int32),
}
save_file(tensors, Path(__file__).parent / "small.safetensors", metadata={"maker": "größe \"1\""})
