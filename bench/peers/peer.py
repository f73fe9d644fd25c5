"""The PyTorch peer of the speed benchmark: JSON lines on stdin and stdout, one reply for each request.

    python3 bench/peers/peer.py --threads 2 [--allocator keep | system]

Requests: open, logits, train, evaluate, score, close, quit. Every reply is { "ok": true, ... } or { "ok": false,
"error": ... }; whatever else is printed goes to stderr. `--allocator keep` (glibc only) keeps freed memory in the
process instead of giving it back and mapping it anew for each large tensor, as PyTorch's tuning guide asks of an
allocator (https://docs.pytorch.org/tutorials/recipes/recipes/tuning_guide.html): it is on, because it
makes both variants faster.
"""

import argparse
import collections
import ctypes
import json
import os
import sys
import time
import traceback

CACHED_BATCHES = 64


def keep_memory():
    """mallopt of glibc: no mapping per block, no trimming, and growth by 256 MiB."""
    mmap_max, trim_threshold, top_pad = -4, -1, -2
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    for name, value in ((mmap_max, 0), (trim_threshold, 2**31 - 1), (top_pad, 256 << 20)):
        if mallopt is None or not mallopt(name, value):
            print("peer.py: this system's allocator has no such setting: left as it is", file=sys.stderr)
            return


class Opened:
    """One model with its optimizers, its batches as the loader leaves them, and its scoring."""

    def __init__(self, request, threads):
        from a import VariantA
        from b import VariantB
        from folder import open_folder
        from scoring import RepeatedHistory, Scoring, SharedHistory

        kinds = {"a": (VariantA, RepeatedHistory), "b": (VariantB, SharedHistory)}
        if request["variant"] not in kinds:
            raise ValueError(f"variant: expected a or b, found {request['variant']}")
        variant, scorer = kinds[request["variant"]]
        self.model = variant(open_folder(request["folder"])).eval()  # no layer acts otherwise in training
        self.optimizers = self.model.optimizers()
        self.scoring = Scoring(self.model, scorer, threads)
        self.batches = collections.OrderedDict()
        if request.get("compile"):
            self.model.compile()

    def parameters(self):
        return sum(p.numel() for p in self.model.parameters() if p.requires_grad)

    def batch(self, index):
        """Inputs and labels of a batch; the last CACHED_BATCHES are kept."""
        if index not in self.batches:
            self.batches[index] = self.model.batch(index)
            if len(self.batches) > CACHED_BATCHES:
                self.batches.popitem(last=False)
        self.batches.move_to_end(index)
        return self.batches[index]

    def logits(self, index):
        # With gradients on, so that a compiled model is one graph for training and evaluation.
        return self.model.run(*self.batch(index)[0]).detach().tolist()

    def step(self, index):
        """One training step: milliseconds from tensors in memory to optimizers stepped, and the loss."""
        import torch

        inputs, label = self.batch(index)
        start = time.perf_counter()
        for optimizer in self.optimizers:
            optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(self.model.run(*inputs), label)
        loss.backward()
        for optimizer in self.optimizers:
            optimizer.step()
        return (time.perf_counter() - start) * 1e3, loss.item()

    def train(self, indices):
        self.scoring.forget()
        steps = [self.step(index) for index in indices]
        return {"ms": [ms for ms, _ in steps], "loss": [loss for _, loss in steps]}


class Peer:
    def __init__(self, threads):
        self.threads, self.opened, self.count = threads, {}, 0

    def answer(self, request):
        do = request["do"]
        if do == "open":
            self.count += 1
            self.opened[self.count] = Opened(request, self.threads)
            return {"id": self.count, "parameters": self.opened[self.count].parameters()}
        if do not in ("logits", "train", "evaluate", "score", "close"):
            raise ValueError(f"do: expected open, logits, train, evaluate, score, close or quit, found {do}")
        if request["id"] not in self.opened:
            raise ValueError(f"id: no open model {request['id']}")
        model = self.opened[request["id"]]
        if do == "logits":
            return {"logits": model.logits(request["batch"])}
        if do == "train":
            return model.train(request["batches"])
        if do == "evaluate":
            return {"logits": [model.logits(index) for index in request["batches"]]}
        if do == "score":
            wanted = [request[key] for key in ("mode", "history", "candidates", "runs")]
            ms, logits = model.scoring.score(*wanted, cached=request.get("cached", False))
            return {"ms": ms, "logits": logits}
        del self.opened[request["id"]]
        return {}


def main():
    options = argparse.ArgumentParser(description="The PyTorch peer: JSON lines on stdin and stdout.")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--allocator", choices=["keep", "system"], default="keep")
    options = options.parse_args()
    # Replies keep a descriptor of their own; what libraries print goes to stderr.
    replies = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    if options.allocator == "keep":
        keep_memory()
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")  # no helper processes beside what is timed

    import torch

    torch.set_num_threads(options.threads)
    torch.set_num_interop_threads(1)
    torch.set_flush_denormal(True)  # moments of rows that are never touched fade to denormals, which are slow
    torch._dynamo.config.recompile_limit = 64  # several models and shapes share one forward

    peer = Peer(options.threads)
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            request = json.loads(line)
            quit = request["do"] == "quit"
            reply = {"ok": True, **({} if quit else peer.answer(request))}
        except Exception as error:
            traceback.print_exc()
            quit, reply = False, {"ok": False, "error": f"{type(error).__name__}: {error}"}
        replies.write(json.dumps(reply) + "\n")
        replies.flush()
        if quit:
            break


if __name__ == "__main__":
    main()
