import { expect, test } from "vitest";
import { encodeModel, encodeModelPieces } from "./model-proto.js";

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

test("doubles are type 11; values outside of the model are a place in a file", () => {
  const model = (external?: { location: string; offset: number }): string => {
    const tensor = { name: "c", dims: [1], data: Float64Array.of(1), ...(external && { external }) };
    return hex(encodeModel({ nodes: [], inputs: [], outputs: [], initializers: [tensor] }));
  };
  expect(model()).toContain(`0801100b42016${text("c").slice(1)}4a08000000000000f03f`);
  const entry = (key: string, value: string): string => {
    const length = (part: string): string => part.length.toString(16).padStart(2, "0");
    const body = `0a${length(key)}${text(key)}12${length(value)}${text(value)}`;
    return `6a${length(`${" ".repeat(body.length / 2)}`)}${body}`;
  };
  const outside = model({ location: "d", offset: 4096 });
  expect(outside).toContain(`${entry("location", "d")}${entry("offset", "4096")}${entry("length", "8")}7001`);
  expect(outside).not.toContain("000000000000f03f");
});

test("a graph can be an attribute, and texts stand beside the main graph", () => {
  const branch = { nodes: [], inputs: [], outputs: [], initializers: [] };
  const node = { opType: "If", inputs: ["c"], outputs: ["y"], attributes: { t: { graph: branch } } };
  const graph = { nodes: [node], inputs: [], outputs: [], initializers: [] };
  expect(hex(encodeModel(graph))).toContain(`2a0f0a0174${"3207"}${"1205"}${text("mmdin")}${"a00105"}`);
  expect(hex(encodeModel(graph, { metadata: { a: "b" } }))).toMatch(
    new RegExp(`72060a01${text("a")}1201${text("b")}$`),
  );
});

test("a model in pieces is the model, and a large table in it is not copied", () => {
  const data = Float32Array.from({ length: 1000 }, (_, i) => i);
  const graph = { nodes: [], inputs: [], outputs: [], initializers: [{ name: "c", dims: [1000], data }] };
  const pieces = encodeModelPieces(graph);
  expect(Buffer.concat(pieces).equals(encodeModel(graph))).toBe(true);
  expect(pieces.some(({ buffer, length }) => buffer === data.buffer && length === 4000)).toBe(true);
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
