"""Checks the peer on tiny folders of random weights: python3 bench/peers/check.py [--quick]

Both variants against naive.py, their gradients and first steps against each other, every way of scoring against the
logits. Compiled variants are checked on one shape, as each takes a while; --quick leaves them out.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

import naive

HERE = pathlib.Path(__file__).resolve().parent
D, HIDDEN, MLP, ITEMS = 4, 6, [10, 7], 13
ID = {"name": "id", "kind": "id", "rows": ITEMS + 1}
GENRE = {"name": "genre", "kind": "category", "rows": 6, "bag": 3}
IMAGE, TEXT = ({"name": name, "kind": "vector", "width": width} for name, width in (("image", 5), ("text", 3)))
# modalities, attention heads, (rows, steps) of each batch, and then what is special
SHAPES = {
    "full": ([ID, GENRE, IMAGE, TEXT], 4, [(6, 5), (6, 5), (6, 5)], {"full": True}),
    "ragged": ([ID, GENRE, IMAGE, TEXT], 2, [(6, 3), (6, 5), (4, 8)], {"missing": 0.3, "compile": True}),
    "din": ([ID], 1, [(5, 4), (5, 4)], {"model": "din"}),
    "din with vectors": ([ID, IMAGE, TEXT], 1, [(5, 4), (5, 2)], {"model": "din", "missing": 0.4}),
    "missing vectors": ([ID, IMAGE], 3, [(6, 4), (6, 4)], {"missing": 0.6}),
    "bags, no id, no bits": ([GENRE, TEXT], 2, [(6, 4), (3, 4)], {"present": False, "decay": 0.01}),
}


def write_folder(
    path, rng, modalities, heads, batches, model="mmdin", full=False, missing=0.0, present=True, decay=0.0
):
    """A folder as the benchmark writes it. Returns shape, items and weights, for naive.py."""
    names = [f"all{i + 1}" for i in range(heads)]
    q, items, weights = D * len(modalities), {}, {}

    def weight(name, *dims):
        scale = 1.5 * dims[0] ** -0.5 if len(dims) == 2 and dims[1] != D else 0.5
        weights[name] = rng.normal(0, scale, dims).astype("<f4")

    for modality in modalities:
        name = modality["name"]
        if modality["kind"] == "id":
            items[name] = np.arange(1, ITEMS + 1, dtype="<i4")
            weight(f"item.{name}", modality["rows"], D)
            continue
        has = (rng.random(ITEMS) >= missing).astype("<f4")
        if modality["kind"] == "category":
            codes = rng.integers(0, modality["rows"], (ITEMS, modality["bag"])).astype("<i4")
            codes[np.arange(modality["bag"]) >= rng.integers(1, modality["bag"] + 1, ITEMS)[:, None]] = -1
            codes[has == 0] = -1
            items[name] = codes
            weight(f"item.{name}", modality["rows"], D)
        else:
            items[name] = (rng.normal(0, 1, (ITEMS, modality["width"])) * has[:, None]).astype("<f4")
            weight(f"item.{name}.weight", modality["width"], D)
            weight(f"item.{name}.bias", D)
        items[f"{name}.present"] = has
        weight(f"item.{name}.absent", D)
    for head in names:
        weight(f"attention.{head}.0.weight", 4 * q, HIDDEN)
        weight(f"attention.out.{head}.weight", HIDDEN, 1)
    for name, width in (("0.bias", heads * HIDDEN), ("0.slope", heads * HIDDEN), ("out.bias", heads)):
        weight(f"attention.{name}", width)
    bits = sum(modality["kind"] != "id" for modality in modalities) if model == "mmdin" and present else 0
    widths = [q * (1 + heads) + bits, *MLP]
    for i, width in enumerate(MLP):
        weight(f"mlp.{i}.weight", widths[i], width), weight(f"mlp.{i}.bias", width), weight(f"mlp.{i}.slope", width)
    weight("score.weight", MLP[-1], 1), weight("score.bias", 1)

    shape = {
        "format": "mmdin-peer-1", "model": model, "B": batches[0][0], "T": max(t for _, t in batches), "items": ITEMS,
        "dimension": D, "modalities": modalities, "heads": names, "attentionHidden": [HIDDEN], "mlp": MLP,
        "present": present, "weights": {name: value.shape for name, value in weights.items()},
        "optimizer": {"learningRate": 0.01, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weightDecay": decay},
        "batches": [{"rows": rows, "steps": steps} for rows, steps in batches],
    }  # fmt: skip
    for folder, arrays in (("items", items), ("weights", weights), ("batches", {})):
        (path / folder).mkdir(parents=True)
        for name, array in arrays.items():
            array.tofile(path / folder / f"{name}.bin")
    for i, (rows, steps) in enumerate(batches):
        lengths = np.full(rows, steps) if full else rng.integers(0, steps + 1, rows)
        lengths[0] = steps if full else 0  # an empty history in every ragged batch
        history = rng.integers(0, ITEMS, (rows, steps))
        history[np.arange(steps) >= lengths[:, None]] = -1
        history.astype("<i4").tofile(path / "batches" / f"{i}.history.bin")
        rng.integers(0, ITEMS, rows).astype("<i4").tofile(path / "batches" / f"{i}.candidate.bin")
        rng.integers(0, 2, rows).astype("<f4").tofile(path / "batches" / f"{i}.label.bin")
    (path / "shape.json").write_text(json.dumps(shape))
    return shape, items, weights


def near(got, expected, tolerance, what):
    """Asserts that both agree, by their largest distance over the largest value expected, or over 1."""
    got, expected = np.asarray(got, np.float64), np.asarray(expected, np.float64)
    assert got.shape == expected.shape, f"{what}: shape {got.shape}, expected {expected.shape}"
    worst = float(np.abs(got - expected).max(initial=0) / max(1.0, np.abs(expected).max(initial=0)))
    assert worst <= tolerance, f"{what}: off by {worst:.2e}, allowed {tolerance:.0e}"
    return worst


class Peer:
    """The peer as Node starts it."""

    def __init__(self):
        command = [sys.executable, str(HERE / "peer.py"), "--threads", "2"]
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True
        )

    def ask(self, do, **request):
        self.process.stdin.write(json.dumps({"do": do, **request}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def must(self, do, **request):
        reply = self.ask(do, **request)
        assert reply["ok"], f"{do}: {reply['error']}"
        return reply


def gradients(path):
    """The worst distance between the gradients of a and b after one backward, over every weight and batch 0 and 1."""
    import torch
    from a import VariantA
    from b import VariantB
    from folder import open_folder

    worst = 0
    for batch in (0, 1):
        found = []
        for variant in (VariantA, VariantB):
            model = variant(open_folder(path))
            inputs, label = model.batch(batch)
            torch.nn.functional.binary_cross_entropy_with_logits(model.run(*inputs), label).backward()
            found.append(model.names(lambda p: p.grad.to_dense().detach()))
        assert found[0].keys() == found[1].keys() == open_folder(path).shape["weights"].keys(), "names of gradients"
        for name, value in found[0].items():
            worst = max(worst, near(found[1][name], value, 1e-5, f"gradient of {name}"))
    return worst


def scores(peer, model, variant, modes, path, truth, rng):
    """The worst distance of any way of scoring, on a history of four, of one and of none."""
    worst, missing = 0, None
    for length in (4, 1, 0):
        history, candidates = rng.integers(0, ITEMS, length), rng.integers(0, ITEMS, 7)
        expected = naive.forward(*truth, candidates, np.tile(history, (7, 1)))
        for mode in modes if length == 4 else ["eager"]:
            for cached in [False, True] if variant == "b" else [False]:
                asked = {"mode": mode, "history": history.tolist(), "candidates": candidates.tolist(), "cached": cached}
                reply = peer.ask("score", id=model, runs=2, **asked)
                if not reply["ok"] and mode == "onnx" and "needs onnx" in reply["error"]:
                    missing = reply["error"]
                    continue
                assert reply["ok"], f"score {variant} {mode}: {reply['error']}"
                assert len(reply["ms"]) == 2 and min(reply["ms"]) > 0
                worst = max(worst, near(reply["logits"], expected, 1e-4, f"score {variant} {mode} cached={cached}"))
    return worst, missing


def check(name, path, peer, quick):
    modalities, heads, batches, special = SHAPES[name]
    compiled = special.pop("compile", False) and not quick
    rng = np.random.default_rng(len(name))
    truth = write_folder(path, rng, modalities, heads, batches, **special)
    said, losses, numbers = [], {}, list(range(len(batches)))
    for variant, compile in [("a", False), ("b", False)] + ([("a", True), ("b", True)] if compiled else []):
        label = variant + (" compiled" if compile else "")
        opened = peer.must("open", folder=str(path), variant=variant, compile=compile)
        assert opened["parameters"] == sum(w.size for w in truth[2].values()), f"{label}: count of parameters"
        worst = 0
        for i, (rows, steps) in enumerate(batches):
            candidates, history = (np.fromfile(path / f"batches/{i}.{x}.bin", "<i4") for x in ("candidate", "history"))
            logits = peer.must("logits", id=opened["id"], batch=i)["logits"]
            expected = naive.forward(*truth, candidates, history.reshape(rows, steps))
            assert expected.std() > 0.02, f"logits that say nothing: {expected}"
            worst = max(worst, near(logits, expected, 1e-5, f"{label}, logits of batch {i}"))
        evaluated = peer.must("evaluate", id=opened["id"], batches=numbers)["logits"]
        near(evaluated[-1], logits, 0, f"{label}, evaluate beside logits")
        said.append(f"{label} {worst:.0e}")
        if not compile:
            modes = ["eager", "traced", "onnx"] + (["compiled"] if compiled else [])
            worst, missing = scores(peer, opened["id"], variant, modes, path, truth, rng)
            said.append(f"score {worst:.0e}" + (f" ({missing})" if missing else ""))
        # Adam and SparseAdam do the same in the first step, so the second loss is the same as well.
        trained = peer.must("train", id=opened["id"], batches=numbers)
        assert len(trained["ms"]) == len(numbers)
        losses[label] = trained["loss"][:2]
        near(losses[label], losses["a"], 1e-4, f"{label}, losses of two steps beside a")
        peer.must("close", id=opened["id"])
    print(f"{name}: {', '.join(said)}, gradients {gradients(path):.0e}", flush=True)


def main():
    peer = Peer()
    with tempfile.TemporaryDirectory() as folder:
        for i, name in enumerate(SHAPES):
            check(name, pathlib.Path(folder) / str(i), peer, "--quick" in sys.argv)
    assert not peer.ask("logits", id=99, batch=0)["ok"] and not peer.ask("dance")["ok"], "a bad request is refused"
    assert peer.ask("quit") == {"ok": True} and peer.process.wait(20) == 0
    print("all agree")


if __name__ == "__main__":
    main()
