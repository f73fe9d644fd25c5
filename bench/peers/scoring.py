"""Scoring of one user's candidates, in four ways: eager, traced (TorchScript), compiled (torch.compile) and onnx.

The clock starts with index tensors in memory and stops with logits in memory. Variant a scores the history repeated for
each candidate, as its `predict` on a batch does. Variant b computes history and candidates once each, and their pairs
without a gather; with `cached`, whatever belongs to one item alone is read from tables over the whole catalogue.
ONNX: https://docs.pytorch.org/docs/stable/onnx.html, run by https://onnxruntime.ai/docs/api/python/.
"""

import pathlib
import tempfile
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from folder import shares

WARM_UP = 5
CHUNK = 65536  # items at a time, when tables over the catalogue are filled


class SharedHistory(nn.Module):
    """Variant b for one user: forward(*of history, *of candidates), weights folded ahead as they stand now."""

    def __init__(self, model, cached):
        super().__init__()
        self.item, self.mlp, self.heads, self.mmdin = model.item, model.mlp, len(model.heads), model.mmdin
        self.cached, items = cached, model.folder.shape["items"]
        wq, wk, wd, wp = model.w.detach().chunk(4)
        out = torch.block_diag(*model.out.detach().t().reshape(self.heads, -1, 1))
        self.hold(w_query=wq + wd, w_key=wk - wd, w_pair=wp, b=model.b, slope=model.slope, out=out, c=model.c)
        for i, feature in enumerate(self.item.features):
            if "vectors" in feature:
                self.hold(**{f"frozen{i}": feature["vectors"]})
        if cached:
            parts = [self.alone(self.prepare(np.arange(at, min(at + CHUNK, items)))) for at in range(0, items, CHUNK)]
            self.hold(**{f"all{i}": torch.cat(column) for i, column in enumerate(zip(*parts))})

    def hold(self, **tensors):
        for name, tensor in tensors.items():
            self.register_buffer(name, tensor.detach().contiguous())

    def prepare(self, items):
        """Features of `items` [N] as index tensors: a flat list, None never."""
        inputs = []
        for modality, feature in zip(self.item.modalities, self.item.features):
            if modality["kind"] == "id":
                inputs.append(feature["rows"][items].astype(np.int64))
                continue
            if modality["kind"] == "category":
                codes, share = shares(feature["codes"][items])
                inputs += [codes.astype(np.int64), share[..., None]]
            else:
                inputs.append(np.asarray(items, np.int64))
            inputs.append(feature["present"][items][:, None])
        return [torch.from_numpy(np.ascontiguousarray(x)) for x in inputs]

    def inputs(self, history, candidates):
        if self.cached:
            return tuple(torch.from_numpy(x.astype(np.int64)) for x in (history, candidates))
        return (*self.prepare(history), *self.prepare(candidates))

    def alone(self, inputs):
        """What belongs to an item alone: z [N, Q], its part as a query, its part as a key, its present bits."""
        found, presents, given = [], [], iter(inputs)
        for i, modality in enumerate(self.item.modalities):
            if modality["kind"] == "vector":
                found.append(getattr(self, f"frozen{i}")[next(given)])
            else:
                rows = F.embedding(next(given), self.item.tables[str(i)].weight)
                found.append(rows if modality["kind"] == "id" else (rows * next(given)).sum(1))
            if modality["kind"] != "id":
                presents.append(next(given))
        z = self.item(found, presents)
        bits = torch.cat(presents, dim=1) if presents and self.mmdin else z[:, :0]
        return z, torch.addmm(self.b, z, self.w_query), z @ self.w_key, bits

    def forward(self, *inputs):
        half = len(inputs) // 2
        if self.cached:
            history, candidates = inputs
            keys, key_part = self.all0[history], self.all2[history]
            query, query_part, bits = self.all0[candidates], self.all1[candidates], self.all3[candidates]
        else:
            keys, _, key_part, _ = self.alone(inputs[:half])
            query, query_part, _, bits = self.alone(inputs[half:])
        # Tried for 1,000 candidates, ms of processor time of one thread: as here 56; sums out of place 62; PReLU folded
        # as in b.py 58; queries times keys * w_pair, [Q, T H 64], instead of all pairs 56 (100: 5.0 for 3.8).
        hidden = (query.unsqueeze(1) * keys) @ self.w_pair  # [N, T, H 64]
        hidden += key_part
        hidden += query_part.unsqueeze(1)
        weight = F.prelu(hidden.flatten(0, 1), self.slope) @ self.out + self.c
        weight = weight.view(query.shape[0], keys.shape[0], self.heads).transpose(1, 2)
        interests = (weight.flatten(0, 1) @ keys).view(query.shape[0], self.heads * keys.shape[1])
        return self.mlp(torch.cat([query, interests, bits], dim=1)).squeeze(-1)


class RepeatedHistory(nn.Module):
    """Variant a: its own forward."""

    def __init__(self, model, cached):
        super().__init__()
        if cached:
            raise ValueError("variant a keeps nothing per item: cached is for variant b")
        self.model = model

    def inputs(self, history, candidates):
        repeated = np.tile(history, (len(candidates), 1)) if len(history) else np.full((len(candidates), 1), -1)
        return self.model.prepare(candidates, repeated)

    def forward(self, *inputs):
        return self.model(*inputs)


def session(scorer, inputs, threads):
    """`scorer` exported by PyTorch and opened in ONNX Runtime: a function of the inputs to its logits."""
    try:
        import onnxruntime
        import onnxscript  # noqa: F401, the exporter needs it
    except ImportError as error:
        raise RuntimeError(f"mode onnx needs onnx, onnxscript and onnxruntime: {error}") from error
    names = [f"x{i}" for i in range(len(inputs))]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    with tempfile.TemporaryDirectory() as folder:
        file = str(pathlib.Path(folder) / "scorer.onnx")
        torch.onnx.export(scorer, inputs, file, input_names=names, output_names=["logits"], dynamo=True, verbose=False)
        opened = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    known = {node.name for node in opened.get_inputs()}  # an input that the graph does not need is dropped

    def run(*tensors):
        return opened.run(None, {name: x.numpy() for name, x in zip(names, tensors) if name in known})[0]

    return run


class Scoring:
    """Scores with one model; keeps what was traced, compiled or exported until the weights change."""

    def __init__(self, model, kind, threads):
        self.model, self.kind, self.threads, self.made = model, kind, threads, {}

    def forget(self):
        self.made.clear()

    def score(self, mode, history, candidates, runs, cached=False):
        """Milliseconds of each of `runs` runs after the warm-up, and the logits."""
        history, candidates = (np.asarray(items, np.int64) for items in (history, candidates))
        with torch.inference_mode():
            run = self._function(mode, history, candidates, cached)
            for _ in range(WARM_UP):
                run()
            times, logits = [], run() if runs < 1 else None
            for _ in range(runs):
                start = time.perf_counter()
                logits = run()
                times.append((time.perf_counter() - start) * 1e3)
            return times, [float(x) for x in logits]

    def _function(self, mode, history, candidates, cached):
        if ("scorer", cached) not in self.made:
            self.made["scorer", cached] = self.kind(self.model, cached).eval()
        scorer = self.made["scorer", cached]
        inputs = scorer.inputs(history, candidates)
        make = {
            "eager": lambda: scorer,
            "traced": lambda: torch.jit.freeze(torch.jit.trace(scorer, inputs)),
            "compiled": lambda: torch.compile(scorer, dynamic=False),
            "onnx": lambda: session(scorer, inputs, self.threads),
        }
        if mode not in make:
            raise ValueError(f"mode: expected eager, traced, compiled or onnx, found {mode}")
        key = (mode, cached, len(history), len(candidates))
        if key not in self.made:
            self.made[key] = make[mode]()
        run = self.made[key]
        return lambda: run(*inputs)
