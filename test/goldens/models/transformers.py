"""Writes the golden files of bst and dmin: what PyTorch says that they give, and their gradients.

    pip install torch && python transformers.py

Self-attention is written one row at a time over its real elements, one head after the other: no padding, no mask. The batch,
the shared parts and the format of the files are those of make.py.
"""

import math

import torch
import torch.nn.functional as F
from make import AGE, AGE_BUCKETS, ALL, B, CANDIDATE, D, HISTORY, IDS, STATISTICS, U, by_row, write

KNOWN = 8  # width of the embedding of an event feature and of the age


def encode(g, modalities, width, everything):
    """Candidates, candidates and history items at the width of a step, and the features of the steps."""
    z = g.items(modalities)
    joined = torch.stack([torch.cat([z[m][u] for m in modalities]) for u in range(U)])
    narrow = joined if joined.shape[1] == width else g.linear(joined, "item", width, bias=False)
    items = narrow[[item for steps in HISTORY for item in steps]]
    features = g.behaviour(KNOWN)[:, :-KNOWN] if everything else None
    return joined[CANDIDATE], narrow[CANDIDATE], items, features


def ages(g):
    return g.weight("step.age", AGE_BUCKETS, KNOWN)[[bucket for steps in AGE for bucket in steps]]


def with_known(g, items, known):
    return items + g.linear(torch.cat(known, 1), "step", items.shape[1], bias=False) if known else items


def self_attention(g, name, x, heads):
    """Vaswani et al. (2017): what each head gives for the elements x of one row."""
    width = x.shape[1]
    q, k, v = (x @ g.weight(f"{name}.{part}.weight", width, width) for part in ("query", "key", "value"))
    size = width // heads
    cut = lambda part, h: part[:, h * size : (h + 1) * size]
    look = lambda h: torch.softmax(cut(q, h) @ cut(k, h).T / math.sqrt(size), 1)
    return [look(h) @ cut(v, h) for h in range(heads)]


def feed_forward(g, name, x, attended, row, *, hidden, activation, dropout, norms):
    """Two sums over the elements x of one row: with what attention gives, and with what two layers make of that."""
    rows = [row] * len(x)
    s = x + g.dropout(attended, f"{name}.attended", dropout, rows)
    s = g.layer_norm(s, f"{name}.norm.0") if norms > 0 else s
    inside = g.linear(s, f"{name}.ffn.0", hidden)
    active = F.relu(inside) if activation == "relu" else F.leaky_relu(inside, 0.01)
    y = s + g.dropout(g.linear(active, f"{name}.ffn.1", x.shape[1]), f"{name}.ffn", dropout, rows)
    return g.layer_norm(y, f"{name}.norm.1") if norms > 1 else y


def block(g, name, x, row, heads, **options):
    joined = torch.cat(self_attention(g, name, x, heads), 1)
    return feed_forward(g, name, x, joined @ g.weight(f"{name}.out.weight", x.shape[1], x.shape[1]), row, **options)


def bst(g, modalities, everything, width, transformer, mlp):
    """Chen et al. (2019): the history and the candidate through blocks; the candidate's place goes to the MLP."""
    candidate, target, items, features = encode(g, modalities, width, everything)
    steps = by_row(with_known(g, items, [features, ages(g)] if everything else [ages(g)]))
    inner = {key: value for key, value in transformer.items() if key not in ("blocks", "norm")}
    seen = []
    for b in range(B):
        x = torch.cat([steps[b], (target[b] + g.weight("candidate.place", width))[None]])
        for i in range(transformer["blocks"]):
            x = block(g, f"transformer.{i}", x, b, norms=2 if transformer["norm"] else 0, **inner)
        seen.append(x[-1])
    parts = [g.row_features(D), candidate, torch.stack(seen)] + ([torch.tensor(STATISTICS)] if everything else [])
    return g.linear(g.mlp(torch.cat(parts, 1), **mlp), "score", 1)


def unit(g, name, target, keys, beside, *, hidden, activation, weights, pool, dropout):
    """A DIN activation unit over keys of each row, and what it pools; zeros without a step."""
    rows = [b for b in range(B) for _ in HISTORY[b]]
    q, k = target[rows], torch.cat(keys)
    x = torch.cat([q, k, q - k, q * k] + beside, 1)
    for layer, units in enumerate(hidden):
        x = g.activation(g.linear(x, f"{name}.{layer}", units), f"{name}.{layer}", activation)
        x = g.dropout(x, f"{name}.{layer}", dropout, rows)
    logits = by_row(g.linear(x, f"{name}.out", 1)[:, 0])
    shape = {"linear": lambda a: a, "softmax": lambda a: torch.softmax(a, 0)}[weights]
    divisor = {"sum": lambda n: 1, "mean": lambda n: max(n, 1)}[pool]
    return torch.stack([shape(logits[b]) @ keys[b] / divisor(len(keys[b])) for b in range(B)])


def dmin(g, modalities, everything, width, heads, refiner, transformer, attention, mlp):
    """Xiao et al. (2020): every head of self-attention makes a sequence of its own, pooled by a unit of its own."""
    candidate, target, items, features = encode(g, modalities, width, everything)
    steps = by_row(with_known(g, items, [features] if everything else []))
    inner = {key: value for key, value in transformer.items() if key != "norm"}
    inner["norms"] = 1 if transformer["norm"] else 0
    if refiner:
        steps = [block(g, "refiner", steps[b], b, heads, **inner) for b in range(B)]
    attended = [self_attention(g, "interests", steps[b], heads) for b in range(B)]
    interests = []
    for h in range(heads):
        name = f"interest{h + 1}"
        out = g.weight(f"{name}.out.weight", width // heads, width)
        keys = [feed_forward(g, name, steps[b], attended[b][h] @ out, b, **inner) for b in range(B)]
        interests.append(unit(g, f"{name}.unit", target, keys, [ages(g)] if everything else [], **attention))
    parts = [g.row_features(D), candidate, *interests] + ([torch.tensor(STATISTICS)] if everything else [])
    return g.linear(g.mlp(torch.cat(parts, 1), **mlp), "score", 1)


def golden(name, seed, definition, *, modalities, everything, age, **parts):
    """One options object per golden, as the model reads it; its parts go to the definition as they are."""
    options = {"modalities": modalities, "statistics": everything, "behaviour": everything, "age": age, "dimension": D}
    forward = lambda g: definition(g, modalities, everything, **parts)
    write(name, definition.__name__, options | parts, forward, seed)


def main():
    textbook, every = {"modalities": IDS, "everything": False}, {"modalities": ALL, "everything": True, "age": True}
    dice = {"units": [6, 3], "activation": "dice", "dropout": 0.0}
    prelu = {"units": [5], "activation": "prelu", "dropout": 0.2}
    plain = {"hidden": 5, "activation": "leaky", "dropout": 0.0, "norm": True}
    dropped = {"hidden": 4, "activation": "relu", "dropout": 0.25, "norm": True}
    golden("bst-ids", 51, bst, **textbook, age=True, width=8, transformer=plain | {"blocks": 1, "heads": 2, "norm": False}, mlp=dice)
    golden("bst-all", 52, bst, **every, width=6, transformer=dropped | {"blocks": 2, "heads": 3}, mlp=prelu)
    linear = {"hidden": [4], "activation": "prelu", "weights": "linear", "pool": "mean", "dropout": 0.0}
    softmax = {"hidden": [4, 3], "activation": "dice", "weights": "softmax", "pool": "sum", "dropout": 0.25}
    dmin_ids = {"width": 8, "heads": 2, "refiner": False, "transformer": plain, "attention": linear, "mlp": dice}
    golden("dmin-ids", 53, dmin, **textbook, age=False, **dmin_ids)
    dmin_all = {"width": 6, "heads": 2, "refiner": True, "transformer": dropped, "attention": softmax, "mlp": prelu}
    golden("dmin-all", 66, dmin, **every, **dmin_all)


if __name__ == "__main__":
    main()
