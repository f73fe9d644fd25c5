"""Writes the golden files beside this script: what PyTorch's optimizers do to small parameters.

    pip install torch && python make.py
"""

import json
import pathlib

import torch

HERE = pathlib.Path(__file__).parent
STEPS = 8
torch.manual_seed(1)


def numbers(tensor):
    return [float(x) for x in tensor.detach().flatten().tolist()]


def write(name, content):
    text = json.dumps({"torch": torch.__version__.split("+")[0], **content}, indent=None)
    (HERE / f"{name}.json").write_text(text + "\n")


def gradients(size):
    """Ordinary, tiny, huge and zero gradients, and one entry that never gets any."""
    scales = [1, 1e-6, 1e3, 0, 1, 0.1, 1, 1]
    all_steps = [torch.randn(size) * scale for scale in scales]
    for gradient in all_steps:
        gradient[-1] = 0
    return all_steps


def dense(make, size=7, rates=None):
    parameter = torch.nn.Parameter(torch.randn(size))
    optimizer = make([parameter])
    start, steps = numbers(parameter), []
    for step, gradient in enumerate(gradients(size)):
        if rates:
            optimizer.param_groups[0]["lr"] = rates[step]
        parameter.grad = gradient.clone()
        optimizer.step()
        rate = optimizer.param_groups[0]["lr"]
        steps.append({"gradient": numbers(gradient), "learningRate": rate, "parameter": numbers(parameter)})
    return {"start": start, "steps": steps}


def sparse(rows=6, dimension=3, decay=0.0, l2=0.0, occurrences=None):
    """SparseAdam; decays are done by hand before its step, on the touched rows."""
    table = torch.nn.Parameter(torch.randn(rows, dimension))
    optimizer = torch.optim.SparseAdam([table], lr=0.01)
    start, steps = numbers(table), []
    touched = [[0, 3], [3], [1, 3, 5], [], [4, 0], [5], [0, 1, 3, 4, 5], [3, 0]]
    for step, chosen in enumerate(touched):
        gradient = torch.randn(len(chosen), dimension) * [1, 1e-6, 1e3, 1, 1, 0.1, 1, 0][step]
        index = torch.tensor([chosen], dtype=torch.long)
        table.grad = torch.sparse_coo_tensor(index, gradient, table.shape)
        with torch.no_grad():
            for row in chosen:
                regulariser = l2 / occurrences[row] if l2 and occurrences[row] else 0
                table[row] *= 1 - 0.01 * (decay + regulariser)
        optimizer.step()
        steps.append({"rows": chosen, "gradient": numbers(gradient), "table": numbers(table)})
    return {"dimension": dimension, "learningRate": 0.01, "start": start, "steps": steps}


def clip():
    cases = []
    for max_norm in [0.5, 5.0, 1e6]:
        parts = [torch.nn.Parameter(torch.zeros(n)) for n in [5, 1, 9]]
        for part in parts:
            part.grad = torch.randn(part.shape)
        before = [numbers(part.grad) for part in parts]
        norm = float(torch.nn.utils.clip_grad_norm_(parts, max_norm))
        cases.append({"maxNorm": max_norm, "before": before, "norm": norm, "after": [numbers(p.grad) for p in parts]})
    return {"cases": cases}


def plateau(mode, values, **options):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode=mode, **options)
    rates = []
    for value in values:
        schedule.step(value)
        rates.append(optimizer.param_groups[0]["lr"])
    return {"mode": mode, "values": values, "rates": rates, **options}


def cosine(steps, minimum):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps, eta_min=minimum)
    rates = []
    for _ in range(steps + 1):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return {"steps": steps, "minimum": minimum, "rates": rates}


rates = [0.01, 0.01, 0.01, 0.001, 0.001, 0.001, 0.0001, 0.0001]
write("adam", {
    "adam": dense(lambda p: torch.optim.Adam(p, lr=0.01)),
    "betas": dense(lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.8, 0.95), eps=1e-4)),
    "adamw": dense(lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.1), rates=rates),
})
OCCURRENCES = [40, 0, 7, 2, 1, 1000]
write("sparse-adam", {
    "sparseAdam": sparse(),
    "decayed": {"weightDecay": 0.1, **sparse(decay=0.1)},
    "regularised": {"l2": 0.5, "occurrences": OCCURRENCES, **sparse(l2=0.5, occurrences=OCCURRENCES)},
})
write("sgd", {
    "plain": dense(lambda p: torch.optim.SGD(p, lr=0.01, weight_decay=0.1), rates=rates),
    "momentum": dense(lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9)),
})
write("clip", clip())
losses = [0.7, 0.65, 0.65, 0.66, 0.6, 0.59999, 0.61, 0.62, 0.63, 0.64, 0.64, 0.64, 0.5, 0.6, 0.6, 0.6]
write("schedule", {
    "plateaus": [
        plateau("min", losses, factor=0.1, patience=1, threshold=1e-4, min_lr=1e-6),
        plateau("min", losses, factor=0.5, patience=0, threshold=1e-2, min_lr=1e-2),
        plateau("max", [1 - loss for loss in losses], factor=0.1, patience=2, threshold=1e-3, min_lr=1e-3),
    ],
    "cosines": [cosine(10, 0.0), cosine(7, 0.01)],
})
