// Scores request.json. Needs: npm install onnxruntime-node. Run: node example.mjs
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { RequestEncoder, ranked } from "./request.mjs";

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const read = (name) => JSON.parse(readFileSync(path(name), "utf8"));

const encoder = new RequestEncoder(read("encoding.json"), read("vocabulary.json"));
const session = await InferenceSession.create(path("model.onnx"));
const request = read("request.json");
const feeds = Object.entries(encoder.feeds(request)).map(([name, { type, data, dims }]) => {
  return [name, new Tensor(type, data, dims)];
});
const scores = await session.run(Object.fromEntries(feeds), ["probability", "logit"]);
for (const { item, probability } of ranked(request, scores)) {
  console.log(item, probability.toFixed(4));
}
