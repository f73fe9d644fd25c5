"""Writes the golden files of the models without attention: what PyTorch says that they give, and their gradients.

    pip install torch && python baselines.py

Each model is written row by row, as its paper reads: loops over fields and pairs, no padding and no mask. The batch, the
shared parts and the format of the files are those of make.py.
"""

import torch
from make import ALL, CANDIDATE, D, HISTORY, IDS, STATISTICS, USER, by_row, write

BEHAVIOUR = 8


def mean_of_steps(lines_of_row, width):
    """The mean over the steps of each row; zeros without a step."""
    return torch.stack([sum(lines) / len(lines) if len(lines) else torch.zeros(width) for lines in lines_of_row])


def history_of(column):
    """What the items of each row's history have in a column of all items."""
    return [[column[item] for item in steps] for steps in HISTORY]


def raw_fields(g, modalities, everything):
    """Vectors of a row, [B, width] each: user and moment, candidate, mean history, then behaviour and statistics apart."""
    z = g.items(modalities)
    fields = list(g.row_features(D).split(D, 1))
    fields += [torch.stack([z[m][item] for item in CANDIDATE]) for m in modalities]
    fields += [mean_of_steps(history_of(z[m]), D) for m in modalities]
    if not everything:
        return fields, []
    behaviour = g.behaviour(BEHAVIOUR)
    return fields, [mean_of_steps(by_row(behaviour), behaviour.shape[1]), torch.tensor(STATISTICS)]


def equal_fields(g, modalities, everything):
    """All fields as vectors of width D: what is not as wide goes through a linear layer."""
    fields, others = raw_fields(g, modalities, everything)
    return fields + [g.linear(x, f"field.{name}", D) for x, name in zip(others, ["behaviour", "statistics"])]


def first_order(g, modalities, everything):
    """w . x: two weights per item and modality, as the candidate and in the history; one for all else."""
    z = g.items(modalities, "linear.", 2)
    logit = g.row_features(1, "linear.").sum(1)
    for m in modalities:
        logit = logit + torch.stack([z[m][item][0] for item in CANDIDATE])
        logit = logit + mean_of_steps(history_of([w[1:] for w in z[m]]), 1)[:, 0]
    if everything:
        logit = logit + mean_of_steps(by_row(g.behaviour(1, "linear.").sum(1, keepdim=True)), 1)[:, 0]
        logit = logit + g.linear(torch.tensor(STATISTICS), "linear.statistics", 1, bias=False)[:, 0]
    return logit[:, None]


def products(fields):
    """<v_i, v_j> for i < j: [B, pairs]."""
    count = len(fields)
    pairs = [(fields[i] * fields[j]).sum(1) for i in range(count) for j in range(i + 1, count)]
    return torch.stack(pairs, 1)


def deep(g, x, mlp):
    return g.linear(g.mlp(x, **mlp), "score", 1)


def lr(g, modalities, everything):
    return first_order(g, modalities, everything) + g.weight("bias", 1)


def embedding_mlp(g, modalities, everything, mlp):
    """Zhou et al. (2018), the base model: [user, candidate, pooled history] through an MLP."""
    fields, others = raw_fields(g, modalities, everything)
    return deep(g, torch.cat(fields + others, 1), mlp)


def wide_deep(g, modalities, everything, mlp):
    """Cheng et al. (2016): w . x + MLP(embeddings)."""
    return first_order(g, modalities, everything) + embedding_mlp(g, modalities, everything, mlp)


def neural_cf(g, modalities, everything, mlp):
    """He et al. (2017): [p * q, MLP'(p', q', ...)] -> logit, embeddings of their own in both parts."""
    fields, others = raw_fields(g, modalities, everything)
    z = g.items(modalities, "factor.")
    q = torch.stack([sum(z[m][item] for m in modalities) for item in CANDIDATE])
    p = g.table("factor.user", D)[USER]
    return g.linear(torch.cat([p * q, g.mlp(torch.cat(fields + others, 1), **mlp)], 1), "score", 1)


def pnn(g, modalities, everything, mlp):
    """Qu et al. (2016), inner products: MLP([fields, <v_i, v_j>])."""
    fields = equal_fields(g, modalities, everything)
    return deep(g, torch.cat(fields + [products(fields)], 1), mlp)


def deepfm(g, modalities, everything, mlp):
    """Guo et al. (2017): w . x + sum over pairs <v_i, v_j> + MLP(fields)."""
    fields = equal_fields(g, modalities, everything)
    second = products(fields).sum(1, keepdim=True)
    return first_order(g, modalities, everything) + second + deep(g, torch.cat(fields, 1), mlp)


def dcn_v2(g, modalities, everything, mlp, cross):
    """Wang et al. (2021), parallel: x_{l+1} = x_0 * (W x_l + b) + x_l beside an MLP."""
    fields, others = raw_fields(g, modalities, everything)
    x = torch.cat(fields + others, 1)
    crossed = g.cross(x, **cross)
    return g.linear(torch.cat([crossed, g.mlp(x, **mlp)], 1), "score", 1)


def golden(name, seed, definition, *, modalities, everything, **parts):
    """One options object per golden, as the model reads it; its parts go to the definition as they are."""
    options = {"modalities": modalities, "statistics": everything, "behaviour": everything, "age": everything}
    if definition is not lr:
        options["dimension"] = D
    model = definition.__name__.replace("_", "-")
    write(name, model, options | parts, lambda g: definition(g, modalities, everything, **parts), seed)


DICE = {"units": [6, 3], "activation": "dice", "dropout": 0.0}
PRELU = {"units": [5], "activation": "prelu", "dropout": 0.2}


def main():
    textbook = {"modalities": IDS, "everything": False}
    every = {"modalities": ALL, "everything": True}
    golden("lr-ids", 21, lr, **textbook)
    golden("lr-all", 22, lr, **every)
    golden("embedding-mlp-ids", 23, embedding_mlp, **textbook, mlp=DICE)
    golden("embedding-mlp-all", 24, embedding_mlp, **every, mlp=PRELU)
    golden("wide-deep-all", 41, wide_deep, **every, mlp=PRELU)
    golden("neural-cf-ids", 26, neural_cf, **textbook, mlp=DICE)
    looks = ["id", "tags", "look"]  # every candidate has a price: what stands for none would have no gradient
    golden("neural-cf-all", 27, neural_cf, modalities=looks, everything=True, mlp=PRELU)
    golden("pnn-ids", 28, pnn, **textbook, mlp=DICE)
    golden("pnn-all", 29, pnn, **every, mlp=PRELU)
    golden("deepfm-ids", 30, deepfm, **textbook, mlp=DICE)
    golden("deepfm-all", 31, deepfm, **every, mlp=PRELU)
    golden("dcn-v2-ids", 32, dcn_v2, **textbook, mlp=DICE, cross={"layers": 2, "rank": 0})
    golden("dcn-v2-all", 33, dcn_v2, **every, mlp=PRELU, cross={"layers": 2, "rank": 2})


if __name__ == "__main__":
    main()
