import { expect, test } from "vitest";
import { encodeModel } from "./model-proto.js";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const text = (value: string): string => Buffer.from(value).toString("hex");

test("the smallest model is known byte by byte: y = Relu(x) over x [B, 2]", () => {
  const bytes = encodeModel({
    nodes: [{ opType: "Relu", inputs: ["x"], outputs: ["y"] }],
    inputs: [{ name: "x", shape: ["B", 2], dtype: "float32" }],
    outputs: [{ name: "y", shape: ["B", 2], dtype: "float32" }],
    initializers: [],
  });
  const node = `0a0c${"0a01"}${text("x")}${"1201"}${text("y")}${"2204"}${text("Relu")}`;
  const shape = `${"0a03"}${"1201"}${text("B")}${"0a02"}${"0802"}`; // dim_param "B", dim_value 2
  const type = `${"0a0d"}${"0801"}${"1209"}${shape}`; // float32, then the shape
  const value = (name: string): string => `${"0a01"}${text(name)}${"120f"}${type}`;
  const graph = `${node}${"1205"}${text("mmdin")}${"5a14"}${value("x")}${"6214"}${value("y")}`;
  const graphLength = (graph.length / 2).toString(16);
  expect(hex(bytes)).toBe(
    `0808${"1205"}${text("mmdin")}3a${graphLength}${graph}4204${"0a00"}1012`, // IR version 8, opset 18
  );
});

test("ONNX Runtime's own domain is imported where a node is of it, and only there", () => {
  const graph = { inputs: [], outputs: [], initializers: [] };
  const node = { opType: "FusedMatMul", inputs: ["a", "b"], outputs: ["y"], domain: "com.microsoft" };
  expect(hex(encodeModel({ ...graph, nodes: [node] }))).toContain(`42110a0d${text("com.microsoft")}1001`);
  expect(hex(encodeModel({ ...graph, nodes: [] }))).not.toContain(text("com.microsoft"));
});

test("initialisers carry their type, their dimensions and their raw bytes", () => {
  const model = (data: Float32Array | Int32Array | BigInt64Array): string =>
    hex(encodeModel({ nodes: [], inputs: [], outputs: [], initializers: [{ name: "c", dims: [1], data }] }));
  expect(model(Float32Array.of(1))).toContain(`0801100142016${text("c").slice(1)}4a040000803f`);
  expect(model(Int32Array.of(-2))).toContain(`0801100642016${text("c").slice(1)}4a04feffffff`);
  expect(model(BigInt64Array.of(3n))).toContain(`0801100742016${text("c").slice(1)}4a080300000000000000`);
});

test("attributes are integers, lists, floats and strings", () => {
  const attribute = (value: number | number[] | { float: number } | string): string =>
    hex(
      encodeModel({
        nodes: [{ opType: "N", inputs: [], outputs: ["y"], attributes: { a: value } }],
        inputs: [],
        outputs: [],
        initializers: [],
      }),
    );
  expect(attribute(5)).toContain(`2a080a0161${"1805"}${"a00102"}`);
  expect(attribute([1, 0])).toContain(`2a0a0a0161${"4001"}${"4000"}${"a00107"}`);
  expect(attribute({ float: 1 })).toContain(`2a0b0a0161${"150000803f"}${"a00101"}`);
  expect(attribute("add")).toContain(`2a0b0a0161${"2203"}${text("add")}${"a00103"}`);
});
