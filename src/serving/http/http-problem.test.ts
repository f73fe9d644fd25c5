import { expect, test } from "vitest";
import { type ProblemCode, problemKinds, problemSchema } from "../../api/problem.js";
import { MmdinError } from "../../errors.js";
import { HttpProblem, problemOf } from "./http-problem.js";

const instance = "r-1";

test("an error of ours says where, what was expected, what came and what to do", () => {
  const error = new MmdinError("REQUEST", "no such modality", {
    where: "filters.genr",
    got: "x",
    fix: "Did you mean genre?",
  });
  expect(problemOf(error, { instance })).toEqual({
    type: "urn:mmdin:problem:request",
    title: "The request is not what it should be",
    status: 422,
    detail: "filters.genr: no such modality: got x. Did you mean genre?",
    instance,
    code: "REQUEST",
    errors: [{ where: "filters.genr", problem: "no such modality", got: "x", fix: "Did you mean genre?" }],
  });
});

test("a failure of the server names no file, no stack and no message of its own", () => {
  const where = "/srv/runs/first/manifest.json";
  const errors = [
    new MmdinError("FORMAT", "damaged", { where }),
    new MmdinError("RUNTIME", `died at ${where}`, { where }),
    new TypeError(`cannot read ${where}`),
    Object.assign(new Error(where), { statusCode: 418 }),
    where,
  ];
  for (const error of errors) {
    const problem = problemOf(error, { instance });
    expect(problemSchema.parse(problem).status).toBe(500);
    expect(JSON.stringify(problem)).not.toContain("srv");
    expect(problem.detail).toContain("under the id of this request");
  }
});

test("what the store says is told without its place", () => {
  const error = new MmdinError("STORE", "the store does not answer", {
    where: "redis://10.0.0.7:6379",
    got: "ECONNREFUSED 10.0.0.7",
  });
  const problem = problemOf(error, { instance });
  expect(problem).toMatchObject({ status: 503, code: "STORE", detail: "The store does not answer" });
  expect(JSON.stringify(problem)).not.toContain("10.0.0.7");
});

test("long texts of a request do not come back whole", () => {
  const long = "x".repeat(100_000);
  const problem = problemOf(new HttpProblem("REQUEST", long, [{ where: long, problem: long, got: long }]), {
    instance,
  });
  expect(JSON.stringify(problem).length).toBeLessThan(4000);
});

test("every code has a status of 400 to 599, and those that pass say when to ask again", () => {
  for (const [code, { status, retryAfter }] of Object.entries(problemKinds)) {
    expect([code, status >= 400 && status < 600]).toEqual([code, true]);
    if (retryAfter !== undefined) expect([429, 503]).toContain(status);
  }
  const passing = Object.entries(problemKinds).filter(([, { retryAfter }]) => retryAfter !== undefined);
  expect(passing.map(([code]) => code as ProblemCode).sort()).toEqual([
    "BUSY",
    "RATE",
    "STARTING",
    "STOPPING",
    "STORE",
  ]);
});
