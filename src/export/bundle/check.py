"""Scores batches of requests with a bundle, for the check at its export: JSON {bundle, batches} in, JSON out. Ends with 3 where a module is missing."""

import json
import sys

try:
    import numpy  # noqa: F401
    import onnxruntime
except ImportError as error:
    print(error, file=sys.stderr)
    sys.exit(3)

given = json.load(sys.stdin)
sys.path.insert(0, given["bundle"])
sys.dont_write_bytecode = True

from request import RequestEncoder  # noqa: E402


def read(name):
    with open(f"{given['bundle']}/{name}", encoding="utf-8") as file:
        return json.load(file)


encoder = RequestEncoder(read("encoding.json"), read("vocabulary.json"))
session = onnxruntime.InferenceSession(f"{given['bundle']}/model.onnx", providers=["CPUExecutionProvider"])
answers = []
for requests in given["batches"]:
    logit, probability = session.run(["logit", "probability"], encoder.feeds(requests))
    answers.append({"logit": logit.ravel().tolist(), "probability": probability.ravel().tolist(), "dims": logit.shape})
json.dump({"version": onnxruntime.__version__, "answers": answers}, sys.stdout)
