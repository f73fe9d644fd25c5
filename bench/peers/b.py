"""Variant b: the same model with all of the exact algebra, the best eager PyTorch and torch.compile that we found.

- Only the T_i steps of the batch's length bucket; item vectors once per distinct item, found by the loader.
- W [q; k; q-k; q*k] = (Wq+Wd) q + (Wk-Wd) k + Wp (q*k): once per row, once per distinct item, one product per pair.
  All attention heads lie side by side in one product (https://arxiv.org/abs/1706.06978 gives the unit).
- Tables have sparse gradients (https://docs.pytorch.org/docs/stable/generated/torch.nn.Embedding.html) and
  torch.optim.SparseAdam, which touches the rows of the batch only; the rest has a fused Adam.
- The gradient of a gather is a sum over the places of each item: nn.functional.embedding_bag over places that the
  loader has sorted, instead of an index_add. Tables are looked up in eager mode, the rest is one graph if compiled.

Tried at B=1024, T=50, Q=128, H x 64 = 256, 5,500 distinct items. Pieces in ms of two threads of a busy server, good
only within one line; whole attention, forward and backward, in ms of processor time of one thread, which hardly varies.
- gather's gradient, 51,200 x 256: embedding_bag 10, embedding's own 27, sparse matrix 33, index_add 94, scatter_add 95,
  index_put 123. The gather itself: embedding 25, index_select 26, advanced indexing 34; int32 indices the same.
- PReLU: F.prelu 163, a x + (1-a) relu(x) 289, relu(x) + a min(x, 0) 338, where 396. Pooling: bmm or einsum 32, bmm of a
  contiguous copy 40. The units' last layer: product with a block-diagonal matrix 65, einsum 89, multiply and sum 128.
- whole, eager: PReLU folded into the last layer (`weigh`) 229; F.prelu 275, with einsum 290, sums out of place 282,
  with keys through the product instead of the gather of their part 336; a x + (1-a) relu(x) 293; F.prelu with += on a
  view, which makes autograd copy, 352. In slices of rows: three times slower.
- whole model but the optimizers, same measure: eager 264 (half of it in products); compiled 245, a x + (1-a) relu(x)
  and the block-diagonal product 247, multiply and sum instead 260 to 298, x and relu(x) each times a block 530.
  Sizes declared as changing cost nothing. On two threads the compiler's own gradient of embedding adds atomically:
  attention 612, here 450.
- dense weights: fused Adam 0.9, foreach 1.4, one by one 1.5.
- memory kept by the process instead of mapped anew for large tensors (peer.py --allocator), two threads: 698 for 826.
"""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from layers import adam_settings, decayed, mlp, mlp_names


class Gather(torch.autograd.Function):
    """Rows of x [U, W] at index [...]; backward sums by `places`, the real flat positions, sorted by their row."""

    @staticmethod
    def forward(ctx, x, index, places, starts):
        ctx.save_for_backward(places, starts)
        return F.embedding(index, x)

    @staticmethod
    def backward(ctx, gradient):
        places, starts = ctx.saved_tensors
        flat = gradient.reshape(-1, gradient.shape[-1])
        return F.embedding_bag(places, flat, starts, mode="sum"), None, None, None


class Item(nn.Module):
    """Item vectors of distinct items. `look_up` stays in eager mode (sparse gradients), `forward` may be compiled."""

    def __init__(self, folder, weights):
        super().__init__()
        self.modalities, self.features = folder.modalities, folder.features
        self.tables, self.weight, self.bias, self.absent = (nn.ModuleDict(), *(nn.ParameterDict() for _ in range(3)))
        for i, modality in enumerate(self.modalities):
            name, key = modality["name"], str(i)
            if modality["kind"] == "id":
                self.tables[key] = nn.Embedding.from_pretrained(weights[f"item.{name}"], freeze=False, sparse=True)
                continue
            self.absent[key] = nn.Parameter(weights[f"item.{name}.absent"])
            if modality["kind"] == "category":
                table = nn.EmbeddingBag.from_pretrained(weights[f"item.{name}"], freeze=False, mode="mean", sparse=True)
                self.tables[key] = table
            else:
                self.weight[key] = nn.Parameter(weights[f"item.{name}.weight"])
                self.bias[key] = nn.Parameter(weights[f"item.{name}.bias"])

    def prepare(self, items):
        """The loader, for distinct items [U]: by modality, what its look-up needs, and its present bits [U, 1]."""
        prepared = []
        for modality, feature in zip(self.modalities, self.features):
            if modality["kind"] == "id":
                prepared.append((torch.from_numpy(feature["rows"][items]), None, None))
                continue
            present = torch.from_numpy(feature["present"][items][:, None])
            if modality["kind"] == "category":
                codes = feature["codes"][items]
                real = codes >= 0
                starts = np.cumsum(real.sum(1)) - real.sum(1)
                prepared.append((torch.from_numpy(codes[real]), torch.from_numpy(starts.astype(np.int32)), present))
            else:
                prepared.append((torch.from_numpy(items.astype(np.int64)), None, present))
        return prepared

    def look_up(self, prepared):
        """Rows and means of tables [U, D], frozen vectors [U, W]; then all present bits: two flat lists."""
        found = []
        for i, (index, starts, _) in enumerate(prepared):
            if str(i) not in self.tables:
                found.append(self.features[i]["vectors"].index_select(0, index))
            else:
                found.append(self.tables[str(i)](index) if starts is None else self.tables[str(i)](index, starts))
        return found, [present for *_, present in prepared if present is not None]

    def forward(self, found, presents):
        parts, bits = [], iter(presents)
        for i, x in enumerate(found):
            key = str(i)
            if key in self.weight:
                x = torch.addmm(self.bias[key], x, self.weight[key])
            if key in self.absent:
                present = next(bits)
                x = x * present + (1 - present) * self.absent[key]
            parts.append(x)
        return torch.cat(parts, dim=1)

    def names(self, of):
        names = {}
        for i, modality in enumerate(self.modalities):
            name, key = f"item.{modality['name']}", str(i)
            if key in self.tables:
                names[name] = of(self.tables[key].weight)
            for suffix, held in (("weight", self.weight), ("bias", self.bias), ("absent", self.absent)):
                if key in held:
                    names[f"{name}.{suffix}"] = of(held[key])
        return names


class VariantB(nn.Module):
    def __init__(self, folder):
        super().__init__()
        shape, weights = folder.shape, folder.weights()
        self.folder, self.heads, self.mmdin = folder, shape["heads"], shape["model"] == "mmdin" and shape["present"]
        self.item = Item(folder, weights)
        first = [weights[f"attention.{head}.0.weight"] for head in self.heads]
        self.w = nn.Parameter(torch.cat(first, dim=1))  # [4Q, H 64]
        self.b = nn.Parameter(weights["attention.0.bias"])
        self.slope = nn.Parameter(weights["attention.0.slope"])
        self.out = nn.Parameter(torch.cat([weights[f"attention.out.{head}.weight"] for head in self.heads], dim=1))
        self.c = nn.Parameter(weights["attention.out.bias"])
        self.mlp = mlp(weights, len(shape["mlp"]))
        self.graph, self.compiled = self.core, False

    def prepare(self, candidate, history):
        """The loader: distinct items and where they stand. Padding points at item 0 of the batch and is masked."""
        real = history >= 0
        seen, where = np.unique(np.concatenate([candidate, history[real]]), return_inverse=True)
        index = np.zeros(history.shape, np.int64)
        index[real] = where[len(candidate) :]
        flat = np.flatnonzero(real)
        places = flat[np.argsort(index.reshape(-1)[flat], kind="stable")]
        counts = np.bincount(index[real], minlength=len(seen))
        order = [np.cumsum(counts) - counts, places]
        starts, places = (torch.from_numpy(array.astype(np.int32)) for array in order)
        pairs = (torch.from_numpy(where[: len(candidate)]), torch.from_numpy(index))
        return self.item.prepare(seen), (*pairs, torch.from_numpy(real.astype(np.float32)), places, starts)

    def batch(self, index):
        candidate, history, label = self.folder.batch(index)
        if history.shape[1] == 0:
            history = np.full((len(candidate), 1), -1, np.int32)
        return self.prepare(candidate, history), torch.from_numpy(label)

    def run(self, prepared, pairs):
        found, presents = self.item.look_up(prepared)
        if self.compiled:
            self._mark(found, presents, pairs)
        return self.graph(found, presents, *pairs)

    def core(self, found, presents, candidate, history, mask, places, starts):
        z = self.item(found, presents)
        query, keys = z.index_select(0, candidate), Gather.apply(z, history, places, starts)
        wq, wk, wd, wp = self.w.chunk(4)
        per_row, per_item = torch.addmm(self.b, query, wq + wd).unsqueeze(1), z @ (wk - wd)
        pairs = query.unsqueeze(1) * keys
        weight = self.weigh(pairs, per_row, per_item, wp, lambda x: Gather.apply(x, history, places, starts))
        weight = (weight + self.c) * mask.unsqueeze(-1)
        interests = torch.bmm(weight.transpose(1, 2), keys).flatten(1)
        bits = [present.index_select(0, candidate) for present in presents] if self.mmdin else []
        return self.mlp(torch.cat([query, interests, *bits], dim=1)).squeeze(-1)

    def weigh(self, pairs, per_row, per_item, wp, gather):
        """Weights of steps [B, T, H]. With PReLU(x) w = x (a w) + relu(x) ((1-a) w), and x a sum of three parts,
        x (a w) is made of the parts, so that only relu(x) is ever kept."""
        slope, out = self.slope.unsqueeze(1), torch.block_diag(*self.out.t().unsqueeze(2))  # [H 64, H]
        straight, bent = slope * out, (1 - slope) * out
        hidden = pairs @ wp
        hidden += gather(per_item)
        hidden += per_row
        rest = pairs @ (wp @ straight) + gather(per_item @ straight) + per_row @ straight
        return hidden.relu_() @ bent + rest

    def compile(self):
        self.compiled = True
        self.graph = torch.compile(self.core)

    def _mark(self, found, presents, pairs):
        """Tells the compiler which sizes change: distinct items and real positions always, B and T if they do here."""
        candidate, history, mask, places, starts = pairs
        changing = [(x, 0) for x in (*found, *presents, places, starts)]
        if self.folder.varies("rows"):
            changing += [(candidate, 0), (history, 0), (mask, 0)]
        if self.folder.varies("steps"):
            changing += [(history, 1), (mask, 1)]
        for tensor, axis in changing:
            torch._dynamo.maybe_mark_dynamic(tensor, axis)

    def optimizers(self):
        spec = self.folder.shape["optimizer"]
        tables = [table.weight for table in self.item.tables.values()]
        dense = [p for p in self.parameters() if all(p is not table for table in tables)]
        settings = adam_settings(spec)
        made = [torch.optim.AdamW(decayed(dense, spec["weightDecay"]), fused=True, **settings)]
        return made + ([torch.optim.SparseAdam(tables, **settings)] if tables else [])

    def names(self, of):
        """What `of` says of each parameter, by the names of the folder: of=lambda p: p.grad gives gradients."""
        w, out = of(self.w).chunk(len(self.heads), dim=1), of(self.out)
        names = {**self.item.names(of), **mlp_names(self.mlp, of)}
        names["attention.0.bias"], names["attention.0.slope"] = of(self.b), of(self.slope)
        names["attention.out.bias"] = of(self.c)
        for i, head in enumerate(self.heads):
            names[f"attention.{head}.0.weight"], names[f"attention.out.{head}.weight"] = w[i], out[:, i : i + 1]
        return names
