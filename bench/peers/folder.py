"""What lies in the folder that the benchmark writes: shape.json, weights, item features and batches.

Everything is raw little-endian numbers, row-major. A folder's frozen vectors and item features are read once and shared
by all models that are open on it, as two variants and their compiled twins are open side by side.
"""

import json
import pathlib
import weakref

import numpy as np
import torch

_open = weakref.WeakValueDictionary()


def open_folder(path):
    """The folder at `path`, the same object while it is in use and its shape.json has not been rewritten."""
    path = pathlib.Path(path).resolve()
    key = (str(path), (path / "shape.json").stat().st_mtime_ns)
    folder = _open.get(key)
    if folder is None:
        folder = _open[key] = Folder(path)
    return folder


class Folder:
    def __init__(self, path):
        self.path = path
        self.shape = json.loads((path / "shape.json").read_text())
        if self.shape.get("format") != "mmdin-peer-1":
            raise ValueError(f"{path}: expected the format mmdin-peer-1, found {self.shape.get('format')}")
        if len(self.shape["attentionHidden"]) != 1:
            raise ValueError(f"{path}: one hidden layer of attention expected, found {self.shape['attentionHidden']}")
        self.modalities = self.shape["modalities"]
        self.features = [self._modality(modality) for modality in self.modalities]

    def _read(self, name, kind, dims):
        return np.fromfile(self.path / name, dtype=np.dtype(kind).newbyteorder("<")).reshape(dims)

    def _modality(self, modality):
        """id: rows [items]; category: codes [items, L] and present [items]; vector: vectors [items, W] and present."""
        name, items = modality["name"], self.shape["items"]
        if modality["kind"] == "id":
            return {"rows": self._read(f"items/{name}.bin", "i4", [items])}
        present = self._read(f"items/{name}.present.bin", "f4", [items])
        if modality["kind"] == "category":
            return {"codes": self._read(f"items/{name}.bin", "i4", [items, modality["bag"]]), "present": present}
        vectors = self._read(f"items/{name}.bin", "f4", [items, modality["width"]])
        return {"vectors": torch.from_numpy(vectors), "present": present}

    def weights(self):
        """Every starting weight, by its name: fresh tensors, for a model to train."""
        dims = self.shape["weights"]
        return {name: torch.from_numpy(self._read(f"weights/{name}.bin", "f4", size)) for name, size in dims.items()}

    def batch(self, index):
        """Candidates [B_i], history [B_i, T_i] (-1 where there is none) and labels [B_i] of a batch."""
        rows, steps = (self.shape["batches"][index][key] for key in ("rows", "steps"))
        return (
            self._read(f"batches/{index}.candidate.bin", "i4", [rows]),
            self._read(f"batches/{index}.history.bin", "i4", [rows, steps]),
            self._read(f"batches/{index}.label.bin", "f4", [rows]),
        )

    def varies(self, key):
        """Whether batches differ in "rows" or in "steps"."""
        return len({batch[key] for batch in self.shape["batches"]}) > 1


def pad(history, steps):
    """History [B, T] brought to [B, steps] by padding at the end."""
    missing = steps - history.shape[1]
    return history if missing <= 0 else np.pad(history, ((0, 0), (0, missing)), constant_values=-1)


def shares(codes):
    """Codes [..., L] with -1 for padding as (codes without -1, share of each in the mean), both [..., L]."""
    real = codes >= 0
    return np.where(real, codes, 0), (real / np.maximum(real.sum(-1, keepdims=True), 1)).astype(np.float32)
