# Scores request.json. Needs: pip install onnxruntime numpy. Run: python example.py
import json
import pathlib

import onnxruntime
from request import RequestEncoder, ranked

bundle = pathlib.Path(__file__).parent


def read(name):
    return json.loads((bundle / name).read_text(encoding="utf-8"))


encoder = RequestEncoder(read("encoding.json"), read("vocabulary.json"))
session = onnxruntime.InferenceSession(bundle / "model.onnx")
request = read("request.json")
[probability] = session.run(["probability"], encoder.feeds(request))
for item, p in ranked(request, probability):
    print(item, f"{p:.4f}")
