"""Variant a: the model as the open Python libraries write it.

It follows FuxiCTR (https://github.com/reczoo/FuxiCTR), whose DIN is that of Zhou et al., "Deep Interest Network for
Click-Through Rate Prediction", 2018 (https://arxiv.org/abs/1706.06978):
- every history is padded to one fixed length, every feature is embedded at every position;
- frozen vectors sit in an nn.Embedding without gradient, and are projected at every position
  (fuxictr/pytorch/layers/embeddings/pretrained_embedding.py);
- [q, k, q-k, q*k] is concatenated at every position and goes through nn.Linear, one attention head after another, and
  padding is multiplied away (fuxictr/pytorch/layers/attentions/target_attention.py);
- gradients of embeddings are dense, and Adam walks over whole tables.

Weights come from outside, so nothing is initialised here. The loader's part (`prepare`) is done before a clock starts.
"""

import numpy as np
import torch
from torch import nn

from folder import pad, shares
from layers import adam_settings, decayed, linear, mlp, mlp_names, prelu


class IdFeature(nn.Module):
    inputs = 1

    def __init__(self, name, features, weights):
        super().__init__()
        self.name, self.rows = name, features["rows"]
        self.table = nn.Embedding.from_pretrained(weights[f"item.{name}"], freeze=False)

    def prepare(self, items):
        return [self.rows[items].astype(np.int64)]

    def forward(self, rows):
        return self.table(rows)

    def names(self, of):
        return {f"item.{self.name}": of(self.table.weight)}


class CategoryFeature(nn.Module):
    inputs = 3

    def __init__(self, name, features, weights):
        super().__init__()
        self.name, self.features = name, features
        self.table = nn.Embedding.from_pretrained(weights[f"item.{name}"], freeze=False)
        self.absent = nn.Parameter(weights[f"item.{name}.absent"])

    def prepare(self, items):
        codes, share = shares(self.features["codes"][items])
        return [codes.astype(np.int64), share[..., None], self.features["present"][items][..., None]]

    def forward(self, codes, share, present):
        return (self.table(codes) * share).sum(-2) * present + (1 - present) * self.absent

    def names(self, of):
        return {f"item.{self.name}": of(self.table.weight), f"item.{self.name}.absent": of(self.absent)}


class VectorFeature(nn.Module):
    inputs = 2

    def __init__(self, name, features, weights):
        super().__init__()
        self.name, self.present = name, features["present"]
        self.frozen = nn.Embedding.from_pretrained(features["vectors"], freeze=True)
        self.project = linear(weights[f"item.{name}.weight"], weights[f"item.{name}.bias"])
        self.absent = nn.Parameter(weights[f"item.{name}.absent"])

    def prepare(self, items):
        return [items.astype(np.int64), self.present[items][..., None]]

    def forward(self, items, present):
        return self.project(self.frozen(items)) * present + (1 - present) * self.absent

    def names(self, of):
        return {
            f"item.{self.name}.weight": of(self.project.weight).t(),
            f"item.{self.name}.bias": of(self.project.bias),
            f"item.{self.name}.absent": of(self.absent),
        }


FEATURES = {"id": IdFeature, "category": CategoryFeature, "vector": VectorFeature}


class ActivationUnit(nn.Module):
    """One attention head: a weight for each step from [q, k, q-k, q*k], and the weighted sum of the steps."""

    def __init__(self, weights, head, index):
        super().__init__()
        hidden = weights[f"attention.{head}.0.weight"].shape[1]
        units = slice(index * hidden, (index + 1) * hidden)
        self.layers = nn.Sequential(
            linear(weights[f"attention.{head}.0.weight"], weights["attention.0.bias"][units]),
            prelu(weights["attention.0.slope"][units]),
            linear(weights[f"attention.out.{head}.weight"], weights["attention.out.bias"][index : index + 1]),
        )

    def forward(self, query, keys, mask):
        query = query.unsqueeze(1).expand_as(keys)
        joined = torch.cat([query, keys, query - keys, query * keys], dim=-1)
        # Flat, because nn.PReLU takes axis 1 for its units.
        weight = self.layers(joined.flatten(0, 1)).view(mask.shape) * mask
        return (weight.unsqueeze(-1) * keys).sum(dim=1)


class VariantA(nn.Module):
    def __init__(self, folder):
        super().__init__()
        shape, weights = folder.shape, folder.weights()
        self.folder, self.heads, self.mmdin = folder, shape["heads"], shape["model"] == "mmdin" and shape["present"]
        self.features = nn.ModuleList(
            FEATURES[modality["kind"]](modality["name"], features, weights)
            for modality, features in zip(folder.modalities, folder.features)
        )
        self.attention = nn.ModuleList(ActivationUnit(weights, head, i) for i, head in enumerate(self.heads))
        self.mlp = mlp(weights, len(shape["mlp"]))
        self.run = self.forward

    def prepare(self, candidate, history):
        """The loader: inputs of `forward` from candidates [B] and history [B, T], as a flat tuple of tensors."""
        mask = (history >= 0).astype(np.float32)
        of_candidate = [array for feature in self.features for array in feature.prepare(candidate)]
        of_history = [array for feature in self.features for array in feature.prepare(np.maximum(history, 0))]
        return tuple(torch.from_numpy(np.ascontiguousarray(array)) for array in [mask, *of_candidate, *of_history])

    def batch(self, index):
        candidate, history, label = self.folder.batch(index)
        return self.prepare(candidate, pad(history, max(self.folder.shape["T"], 1))), torch.from_numpy(label)

    def embed(self, inputs):
        """Item vectors [..., M D] and the present bits [..., number of modalities that have one]."""
        vectors, present, at = [], [], 0
        for feature in self.features:
            own = inputs[at : at + feature.inputs]
            at += feature.inputs
            vectors.append(feature(*own))
            if feature.inputs > 1:
                present.append(own[-1])
        return torch.cat(vectors, dim=-1), present

    def forward(self, mask, *inputs):
        half = len(inputs) // 2
        query, present = self.embed(inputs[:half])
        keys, _ = self.embed(inputs[half:])
        interests = [head(query, keys, mask) for head in self.attention]
        bits = present if self.mmdin else []
        return self.mlp(torch.cat([query, *interests, *bits], dim=-1)).squeeze(-1)

    def compile(self):
        """One graph for each shape: only the last batch of an epoch has another one."""
        self.run = torch.compile(self.forward, dynamic=False)

    def optimizers(self):
        """One Adam over everything, tables too, with its default implementation; AdamW where weights decay."""
        spec = self.folder.shape["optimizer"]
        if not spec["weightDecay"]:
            return [torch.optim.Adam(self.parameters_to_train(), **adam_settings(spec))]
        tables = [feature.table.weight for feature in self.features if hasattr(feature, "table")]
        other = [p for p in self.parameters_to_train() if all(p is not table for table in tables)]
        groups = [*decayed(other, spec["weightDecay"]), {"params": tables, "weight_decay": 0.0}]
        return [torch.optim.AdamW([group for group in groups if group["params"]], **adam_settings(spec))]

    def parameters_to_train(self):
        return [p for p in self.parameters() if p.requires_grad]

    def names(self, of):
        """What `of` says of each parameter, by the names of the folder: of=lambda p: p.grad gives gradients."""
        names = {name: value for feature in self.features for name, value in feature.names(of).items()}
        hidden = [of(unit.layers[0].bias) for unit in self.attention]
        slopes = [of(unit.layers[1].weight) for unit in self.attention]
        out = [of(unit.layers[2].bias) for unit in self.attention]
        names["attention.0.bias"], names["attention.0.slope"] = torch.cat(hidden), torch.cat(slopes)
        names["attention.out.bias"] = torch.cat(out)
        for head, unit in zip(self.heads, self.attention):
            names[f"attention.{head}.0.weight"] = of(unit.layers[0].weight).t()
            names[f"attention.out.{head}.weight"] = of(unit.layers[2].weight).t()
        return {**names, **mlp_names(self.mlp, of)}
