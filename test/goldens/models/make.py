"""Writes the golden files beside this script: what PyTorch says that din and mmdin give, and their gradients.

    pip install torch && python make.py

Each model is written as its definition reads: one activation unit after the other over [q, k, q - k, q * k, behaviour]
joined, over real steps alone (there is no padding here, and no mask), one item after the other. Numbers that go in have
three decimals, so that the files are small and exact; everything is computed in 64 bits, and written with six decimals.
"""

import json
import math
import pathlib

import torch
import torch.nn.functional as F

HERE = pathlib.Path(__file__).parent
torch.set_default_dtype(torch.float64)

# The batch: 5 rows, histories of at most 4 steps, 7 distinct items, embeddings of width 4.
B, T, U, D = 5, 4, 7, 4
CANDIDATE = [0, 3, 5, 1, 3]
HISTORY = [[2, 4, 1], [], [6], [3, 0, 6, 4], [2, 5]]  # items of the batch; the second row has no history
LABEL = [1, 0, 0, 1, 1]
# Items: row of the id table (0 is the unknown id), tags (codes), price, look; None and [] are missing.
ID = [3, 0, 5, 1, 8, 2, 6]
TAGS = [[2], [], [3, 2], [4, 2, 1], [3], [], [4, 3]]
PRICE = [0.4, -1.3, None, 0.9, None, 2.1, -0.6]
LOOK = [[0.9, 0.2, -0.4], None, [-0.5, 0.8, 0.3], [0.7, -0.6, 0.2], [0.1, 0.5, 0.9], [-0.8, -0.3, 0.4], None]
# Steps: a category (0 is missing), a number, and the bucket of the age (0 is missing).
STARS = [[2, 4, 3], [], [0], [3, 3, 2, 0], [4, 2]]
DWELL = [[0.3, None, -0.7], [], [1.2], [None, 0.5, -1.1, 0.2], [0.8, -0.4]]
AGE = [[9, 5, 5], [], [0], [12, 9, 2, 1], [0, 3]]
# Rows: the user (0 is the unknown one), the user's city and age, the device and the hour of the moment.
USER, CITY, YEARS = [2, 0, 1, 2, 3], [2, 0, 1, 2, 3], [0.5, None, -1.2, 0.5, 0.1]
DEVICE, HOUR = [3, 2, 0, 2, 2], [None, 0.2, 1.4, -0.9, None]
STATISTICS = [[0.3, -1.1, 0.6], [-0.2, 0.4, 1.3], [1.5, 0.1, -0.8], [0.0, -0.6, 0.2], [-1.4, 0.9, 0.7]]
AGE_BUCKETS = 32
# The modalities of the items: what textbooks call ids, and all.
IDS, ALL = ["id", "tags"], ["id", "tags", "price", "look"]
ROWS = {"item.id": 9, "item.tags": 5, "step.stars": 5, "user": 4, "user.city": 4, "context.device": 4}


class Golden:
    """Weights by name, drawn when they are first asked for, and what the definitions below need of a run."""

    def __init__(self, seed):
        self.training = True
        self.draw = torch.Generator().manual_seed(seed)
        self.weights, self.states, self.moments, self.masks = {}, {}, {}, {}

    def numbers(self, *shape, scale=0.6, shift=0.0):
        return torch.round(shift + scale * torch.randn(*shape, generator=self.draw), decimals=3)

    def weight(self, name, *shape, shift=0.0):
        if name not in self.weights:
            scale = min(0.9, 2 / math.sqrt(shape[0]))
            self.weights[name] = self.numbers(*shape, scale=scale, shift=shift).requires_grad_()
        return self.weights[name]

    def table(self, name, width):
        return self.weight(name, ROWS[name.removeprefix("linear.").removeprefix("factor.")], width)

    def linear(self, x, name, units, bias=True):
        y = x @ self.weight(f"{name}.weight", x.shape[-1], units)
        return y + self.weight(f"{name}.bias", units) if bias else y

    def dropout(self, x, name, rate, rows=None):
        """Drops units by a mask per row of the batch; `rows` says which row each line of x belongs to."""
        if not self.training or rate == 0:
            return x
        if name not in self.masks:
            kept = torch.rand(B, x.shape[-1], generator=self.draw) >= rate
            self.masks[name] = kept / (1 - rate)
        mask = self.masks[name]
        return x * (mask if rows is None else mask[rows])

    def activation(self, x, name, kind):
        """PReLU, or Dice over the lines of x, which are the real positions and nothing else."""
        slope = self.weight(f"{name}.slope", x.shape[-1])
        if kind == "prelu":
            return torch.where(x > 0, x, slope * x)
        if name not in self.states:
            mean = self.numbers(x.shape[-1], scale=0.3)
            variance = self.numbers(x.shape[-1], scale=0.05, shift=1.0)
            self.states[name] = {"mean": mean, "variance": variance}
        mean, variance = self.states[name]["mean"], self.states[name]["variance"]
        if self.training:
            mean, variance = x.mean(0), x.var(0, unbiased=False)
            self.moments[name] = {"mean": mean, "variance": variance}
        p = torch.sigmoid((x - mean) / torch.sqrt(variance + 1e-8))
        return p * x + (1 - p) * slope * x

    # Parts that the models share.

    def or_absent(self, value, known, name, width):
        return value if known else self.weight(f"{name}.absent", width)

    def number(self, value, name, width):
        known = value is not None
        return self.or_absent(known and self.linear(torch.tensor([value]), name, width), known, name, width)

    def items(self, modalities, prefix="", width=D):
        """z[m][u]: every modality of every item. A prefix names a second encoding of the same items."""
        z, item = {}, f"{prefix}item"
        for m in modalities:
            if m == "id":
                z[m] = [self.table(f"{item}.id", width)[row] for row in ID]
            elif m == "tags":
                rows = self.table(f"{item}.tags", width)
                z[m] = [self.or_absent(tags and rows[tags].mean(0), tags, f"{item}.tags", width) for tags in TAGS]
            elif m == "price":
                z[m] = [self.number(price, f"{item}.price", width) for price in PRICE]
            elif m == "look":
                through = lambda look: look and self.linear(torch.tensor(look), f"{item}.look", width)
                z[m] = [self.or_absent(through(look), look, f"{item}.look", width) for look in LOOK]
        return z

    def behaviour(self, width, prefix=""):
        """One line per real step: what is known of it beside its item."""
        lines, step = [], f"{prefix}step"
        for b in range(B):
            for t in range(len(HISTORY[b])):
                stars = self.table(f"{step}.stars", width)[STARS[b][t]]
                dwell = self.number(DWELL[b][t], f"{step}.dwell", width)
                age = self.weight(f"{step}.age", AGE_BUCKETS, width)[AGE[b][t]]
                lines.append(torch.cat([stars, dwell, age]))
        return torch.stack(lines)

    def row_features(self, width, prefix=""):
        lines = []
        for b in range(B):
            user = self.table(f"{prefix}user", width)[USER[b]]
            city = self.table(f"{prefix}user.city", width)[CITY[b]]
            years = self.number(YEARS[b], f"{prefix}user.years", width)
            device = self.table(f"{prefix}context.device", width)[DEVICE[b]]
            hour = self.number(HOUR[b], f"{prefix}context.hour", width)
            lines.append(torch.cat([user, city, years, device, hour]))
        return torch.stack(lines)

    def units(self, heads, q, k, behaviour, *, hidden, activation, weights, dropout=0.0):
        """a(q, k) of every head and real step; q and k hold a line per real step, by head. A list per head and row."""
        rows = [b for b in range(B) for _ in HISTORY[b]]
        count = len(heads)
        x = [torch.cat([q[h], k[h], q[h] - k[h], q[h] * k[h]] + behaviour, 1) for h in heads]
        for layer, units in enumerate(hidden):
            at = f"attention.{layer}"
            name = (lambda h: f"attention.{h}.0") if layer == 0 else (lambda h: f"attention.{layer}.{h}")
            bias = self.weight(f"{at}.bias", count * units)
            x = [x[i] @ self.weight(f"{name(h)}.weight", x[i].shape[1], units) for i, h in enumerate(heads)]
            # Biases, slopes and masks of all heads lie side by side.
            side = self.activation(torch.cat(x, 1) + bias, at, activation)
            x = list(self.dropout(side, at, dropout, rows).split(units, 1))
        bias = self.weight("attention.out.bias", count)
        logits = [x[i] @ self.weight(f"attention.out.{h}.weight", hidden[-1], 1) + bias[i] for i, h in enumerate(heads)]
        shape = {"linear": lambda a: a, "tanh": torch.tanh, "softmax": lambda a: torch.softmax(a, 0)}[weights]
        return [[shape(a) if len(a) else a for a in by_row(column[:, 0])] for column in logits]

    def pooled(self, a, lines, pool):
        """sum over the steps of a row of a_t x_t; zeros without a step."""
        divisor = {"sum": lambda n: 1.0, "sqrt": lambda n: math.sqrt(max(n, 1)), "mean": lambda n: max(n, 1)}[pool]
        of_row = by_row(lines)
        return torch.stack([(a[b][:, None] * of_row[b]).sum(0) / divisor(len(a[b])) for b in range(B)])

    def mlp(self, x, units, activation, dropout):
        for layer, width in enumerate(units):
            at = f"mlp.{layer}"
            x = self.dropout(self.activation(self.linear(x, at, width), at, activation), at, dropout)
        return x

    def layer_norm(self, x, name):
        gain, bias = self.weight(f"{name}.gain", x.shape[1], shift=1.0), self.weight(f"{name}.bias", x.shape[1])
        return F.layer_norm(x, x.shape[1:], gain, bias, 1e-5)

    def cross(self, x, layers, rank):
        """Wang et al. (2021): x_{l+1} = x_0 * (W x_l + b) + x_l; W full where the rank is 0, else of that rank."""
        width, crossed = x.shape[1], x
        for layer in range(layers):
            at = f"cross.{layer}"
            if rank:
                weight = self.weight(f"{at}.down", width, rank) @ self.weight(f"{at}.up", rank, width)
            else:
                weight = self.weight(f"{at}.weight", width, width)
            crossed = x * (crossed @ weight + self.weight(f"{at}.bias", width)) + crossed
        return crossed


def by_row(lines):
    """One line per real step -> those of each row."""
    return lines.split([len(steps) for steps in HISTORY])


def per_step(lines):
    """Line b of the batch, once for each real step of row b."""
    return [lines[b] for b in range(B) for _ in HISTORY[b]]


def din(g, modalities, attention, mlp, everything=False):
    """Zhou et al. (2018): [user and context, candidate, sum of a(e_j, v) e_j] through an MLP."""
    z = g.items(modalities)
    joined = torch.stack([torch.cat([z[m][u] for m in modalities]) for u in range(U)])
    candidate = joined[CANDIDATE]
    q = {"all": torch.stack(per_step(candidate))}
    k = {"all": joined[[item for steps in HISTORY for item in steps]]}
    behaviour = [g.behaviour(8)] if everything else []
    pool, in_value = attention.pop("pool"), attention.pop("behaviourInValue")
    (a,) = g.units(["all"], q, k, behaviour, **attention)
    values = torch.cat([k["all"], *behaviour], 1) if in_value else k["all"]
    parts = [g.row_features(D), candidate, g.pooled(a, values, pool)]
    if everything:
        parts.append(torch.tensor(STATISTICS))
    return g.linear(g.mlp(torch.cat(parts, 1), **mlp), "score", 1)


def mmdin(g, modalities, heads, attention, mlp, cross, *, width, in_value, products, tiers, norm, gates, wide):
    """Heads of attention over modalities, gates, tiers, cross layers beside an MLP, a wide path.

    heads: name -> (modalities compared of the candidate, modalities compared and pooled of the history).
    """
    z = g.items(modalities)
    column = lambda m: torch.stack(z[m])
    candidate = {m: column(m)[CANDIDATE] for m in modalities}
    steps = [item for row in HISTORY for item in row]
    join = lambda parts, names: torch.cat([parts[m] for m in names], 1)
    keys = {m: column(m)[steps] for m in modalities}
    q = {h: torch.stack(per_step(join(candidate, names[0]))) for h, names in heads.items()}
    k = {h: join(keys, names[1]) for h, names in heads.items()}
    behaviour = g.behaviour(width)
    rows = g.row_features(D)
    bits = {"tags": known(TAGS, [])[1], "price": known(PRICE, 0)[1], "look": known(LOOK, [])[1]}
    present = torch.tensor([[float(bits[m][u]) for m in modalities if m != "id"] for u in CANDIDATE])

    gate = {m: torch.ones(B, 1) for m in modalities}
    if gates:
        listened = len(modalities) * torch.softmax(
            g.linear(torch.cat([join(candidate, modalities), present, rows], 1), "gates", len(modalities)), 1
        )
        gate = {m: listened[:, i : i + 1] for i, m in enumerate(modalities)}

    parts = [rows] + [gate[m] * candidate[m] for m in modalities]
    pool = attention.pop("pool")
    for h, a in zip(heads, g.units(list(heads), q, k, [behaviour], **attention)):
        interest = g.pooled(a, k[h], pool)
        parts += [gate[m] * interest[:, i * D : (i + 1) * D] for i, m in enumerate(heads[h][1])]
        if in_value:
            parts.append(g.pooled(a, behaviour, pool))
        if products:
            parts.append(join(candidate, heads[h][0]) * interest)
    parts += [present, torch.tensor(STATISTICS)]
    if tiers:
        parts.append(g.linear(torch.log1p(torch.tensor(tier_counts(tiers["bins"]))), "tiers.look", tiers["dimension"]))

    x = torch.cat(parts, 1)
    if norm:
        x = g.layer_norm(x, "norm")
    crossed = g.cross(x, **cross)
    deep = g.linear(torch.cat([crossed, g.mlp(x, **mlp)], 1), "score", 1)
    return deep + g.linear(torch.tensor(STATISTICS), "wide", 1, bias=False) if wide else deep


def tier_counts(bins):
    """How many steps of each row have a look whose cosine to the candidate's falls in each equal bin of [-1, 1]."""
    counts = [[0.0] * bins for _ in range(B)]
    for b in range(B):
        for item in HISTORY[b]:
            if LOOK[item] and LOOK[CANDIDATE[b]]:
                cosine = F.cosine_similarity(torch.tensor(LOOK[item]), torch.tensor(LOOK[CANDIDATE[b]]), 0).item()
                counts[b][min(int((cosine + 1) / 2 * bins), bins - 1)] += 1
    return counts


def padded(steps, filler):
    return [row + [filler] * (T - len(row)) for row in steps]


def known(column, filler):
    """Values with a filler where there is none, and 1 where there is one."""
    missing = [x is None or x == [] for x in column]
    return [filler if no else x for x, no in zip(column, missing)], [int(not no) for no in missing]


def places(codes):
    """The distinct codes, and the place of each code among them."""
    flat = sorted({code for row in codes for code in row})
    return flat, [[flat.index(code) for code in row] for row in codes]


def batch():
    """The inputs as a batch of mmdin holds them. At padding stands what is not 0: it must not be seen."""
    tags, tag_places = places(TAGS)
    stars, star_places = places(STARS)
    longest = max(map(len, TAGS))
    inputs = {
        "candidate": CANDIDATE,
        "history": padded(HISTORY, 3),
        "age": padded(AGE, 7),
        "stepPlaces:stars": padded(star_places, 1),
        "bagPlaces:tags": [row + [1] * (longest - len(row)) for row in tag_places],
    }
    ints = list(inputs)
    column = lambda values: [[x] for x in values]
    dwell, dwell_bits = zip(*[known(row, 0.0) for row in DWELL])
    inputs |= {
        "mask": padded([[1] * len(row) for row in HISTORY], 0),
        "historyLength": column([len(row) for row in HISTORY]),
        "label": column(LABEL),
        "statistics": STATISTICS,
        "bagWeights:tags": [[1 / len(row) for _ in row] + [0] * (longest - len(row)) for row in TAGS],
        "present:tags": column([int(bool(row)) for row in TAGS]),
        "itemNumber:price": column(known(PRICE, 0.0)[0]),
        "present:price": column(known(PRICE, 0.0)[1]),
        "itemVector:look": known(LOOK, [0.0] * 3)[0],
        "present:look": column(known(LOOK, 0.0)[1]),
        "stepNumber:dwell": padded(dwell, 5.0),
        "stepPresent:dwell": padded(dwell_bits, 1),
        "rowNumber:user:years": column(known(YEARS, 0.0)[0]),
        "rowPresent:user:years": column(known(YEARS, 0.0)[1]),
        "rowNumber:context:hour": column(known(HOUR, 0.0)[0]),
        "rowPresent:context:hour": column(known(HOUR, 0.0)[1]),
    }
    rows = {
        "rows:item.id": ID,
        "rows:item.tags": tags,
        "rows:step.stars@step": stars,
        "rows:user@user": USER,
        "rows:user.city@userFeature": CITY,
        "rows:context.device@context": DEVICE,
    }
    return inputs, ints, rows


def plain(x):
    numbers = [round(value, 6) for value in x.detach().flatten().tolist()]
    return [int(value) if value == int(value) else value for value in numbers]


def write(name, model, options, forward, seed):
    g = Golden(seed)
    logits = forward(g)
    label = torch.tensor(LABEL, dtype=logits.dtype)[:, None]
    loss = F.binary_cross_entropy_with_logits(logits, label)
    loss.backward()
    for weight_name, weight in g.weights.items():
        softmax = options.get("attention", {}).get("weights") == "softmax"
        flat = softmax and weight_name.endswith(".out.bias")  # softmax(x + c)
        assert flat or weight.grad.abs().max() > 1e-3, f"{name}: {weight_name} has no gradient worth comparing"
    g.training = False
    evaluated = forward(g)
    inputs, ints, rows = batch()
    for prefix in ("linear.", "factor."):  # tables of a second encoding hold the same rows
        second = {f"rows:{prefix}{use[5:]}": held for use, held in rows.items()}
        rows = rows | {use: held for use, held in second.items() if use[5:].split("@")[0] in g.weights}
    shaped = lambda x: {"shape": list(x.shape), "data": plain(x)}
    content = {
        "torch": torch.__version__.split("+")[0],
        "model": model,
        "options": options,
        "inputs": inputs,
        "int32": ints,
        "rows": rows,
        "weights": {n: shaped(w) for n, w in g.weights.items()},
        "states": {f"{n}.{k}": shaped(v) for n, both in g.states.items() for k, v in both.items()},
        "masks": {f"dropout:{n}": [plain(row) for row in mask] for n, mask in g.masks.items()},
        "logits": plain(logits),
        "loss": loss.item(),
        "evaluationLogits": plain(evaluated),
        "gradients": {n: plain(w.grad) for n, w in g.weights.items()},
        "moments": {f"{n}.{k}": plain(v) for n, both in g.moments.items() for k, v in both.items()},
    }
    text = json.dumps(content, separators=(",", ":")) + "\n"
    assert len(text) < 60_000, f"{name}: {len(text)} bytes"
    (HERE / f"{name}.json").write_text(text)
    print(name, len(text), "bytes, loss", round(loss.item(), 4))


# One options object per golden, as the model reads it; `forward` passes its parts to the definition.


def din_golden(name, seed, *, modalities, everything, attention, mlp):
    options = {"dimension": D, "modalities": modalities, "attention": attention, "mlp": mlp}
    options |= {"statistics": everything, "behaviour": everything, "age": everything}
    write(name, "din", options, lambda g: din(g, modalities, dict(attention), mlp, everything), seed)


def mmdin_golden(name, seed, *, modalities, per_modality, joined, crossed, attention, mlp, cross, tiers, **parts):
    numbered = lambda m, count: [m] if count == 1 else [f"{m}{i + 1}" for i in range(count)]
    heads = {h: ([m], [m]) for m in modalities for h in numbered(m, per_modality)}
    heads |= {h: (modalities, modalities) for h in numbered("all", joined)}
    heads |= {f"{a}-{b}": ([a], [b]) for a, b in crossed}
    options = {
        "dimension": D,
        "modalities": modalities,
        "heads": {"perModality": per_modality, "joined": joined, "cross": crossed},
        "attention": attention | {"behaviourInValue": parts["in_value"]},
        "behaviourDimension": parts["width"],
        "tiers": tiers or {"bins": 0},
        "products": parts["products"],
        "norm": "layer" if parts["norm"] else "none",
        "gates": parts["gates"],
        "cross": cross,
        "mlp": mlp,
        "wide": parts["wide"],
    }

    def forward(g):
        return mmdin(g, modalities, heads, dict(attention), mlp, cross, tiers=tiers, **parts)

    write(name, "mmdin", options, forward, seed)


def main():
    din_golden(
        "din-sum",
        1,
        modalities=["id", "tags"],
        everything=False,
        attention={
            "hidden": [6],
            "activation": "prelu",
            "weights": "linear",
            "pool": "sum",
            "dropout": 0.0,
            "behaviourInValue": False,
        },
        mlp={"units": [7, 3], "activation": "dice", "dropout": 0.0},
    )
    din_golden(
        "din-softmax",
        2,
        modalities=ALL,
        everything=True,
        attention={
            "hidden": [5, 3],
            "activation": "dice",
            "weights": "softmax",
            "pool": "sum",
            "dropout": 0.25,
            "behaviourInValue": True,
        },
        mlp={"units": [6], "activation": "prelu", "dropout": 0.2},
    )
    mmdin_golden(
        "mmdin-all",
        10,
        modalities=ALL,
        per_modality=1,
        joined=1,
        crossed=[["tags", "look"]],
        attention={"hidden": [3], "activation": "prelu", "weights": "tanh", "pool": "sqrt", "dropout": 0.0},
        mlp={"units": [4, 3], "activation": "dice", "dropout": 0.3},
        cross={"layers": 2, "rank": 1},
        tiers={"bins": 4, "dimension": 2},
        width=2,
        in_value=True,
        products=True,
        norm=True,
        gates=True,
        wide=True,
    )
    mmdin_golden(
        "mmdin-heads",
        10,
        modalities=["id", "look"],
        per_modality=2,
        joined=0,
        crossed=[],
        attention={"hidden": [4, 3], "activation": "prelu", "weights": "softmax", "pool": "mean", "dropout": 0.2},
        mlp={"units": [5], "activation": "prelu", "dropout": 0.0},
        cross={"layers": 1, "rank": 0},
        tiers=None,
        width=2,
        in_value=False,
        products=False,
        norm=False,
        gates=False,
        wide=False,
    )


if __name__ == "__main__":
    main()
