"""The model as its contract states it, in float64 and plain loops: slow on purpose, and the judge of both variants."""

import numpy as np


def prelu(x, slope):
    return slope * x + (1 - slope) * np.maximum(x, 0)


def item_vector(shape, items, weights, item):
    """z of one item, and its present bits."""
    parts, bits = [], []
    for modality in shape["modalities"]:
        name = modality["name"]
        if modality["kind"] == "id":
            parts.append(weights[f"item.{name}"][items[name][item]])
            continue
        if modality["kind"] == "category":
            codes = [code for code in items[name][item] if code >= 0]
            value = sum(weights[f"item.{name}"][code] for code in codes) / len(codes) if codes else 0.0
        else:
            value = items[name][item].astype(np.float64) @ weights[f"item.{name}.weight"] + weights[f"item.{name}.bias"]
        present = float(items[f"{name}.present"][item])
        parts.append(value * present + (1 - present) * weights[f"item.{name}.absent"])
        bits.append(present)
    return np.concatenate(parts), bits


def forward(shape, items, weights, candidates, history):
    """Logits [B] of candidates [B] with history [B, T], -1 for padding."""
    weights = {name: value.astype(np.float64) for name, value in weights.items()}
    hidden, logits = shape["attentionHidden"][0], []
    for candidate, steps in zip(candidates, history):
        q, bits = item_vector(shape, items, weights, candidate)
        x = [q]
        for h, head in enumerate(shape["heads"]):
            units, pooled = slice(h * hidden, (h + 1) * hidden), np.zeros_like(q)
            for step in steps:
                if step < 0:
                    continue
                k, _ = item_vector(shape, items, weights, step)
                first = np.concatenate([q, k, q - k, q * k]) @ weights[f"attention.{head}.0.weight"]
                first = prelu(first + weights["attention.0.bias"][units], weights["attention.0.slope"][units])
                a = first @ weights[f"attention.out.{head}.weight"][:, 0] + weights["attention.out.bias"][h]
                pooled += a * k
            x.append(pooled)
        x = np.concatenate(x + ([bits] if shape["model"] == "mmdin" and shape["present"] else []))
        for i in range(len(shape["mlp"])):
            x = prelu(x @ weights[f"mlp.{i}.weight"] + weights[f"mlp.{i}.bias"], weights[f"mlp.{i}.slope"])
        logits.append((x @ weights["score.weight"] + weights["score.bias"])[0])
    return np.array(logits)
