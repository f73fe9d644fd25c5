import { expect, test } from "vitest";
import { parseRequest, parseRequestText } from "./request.js";

const from = "request.json";

test("ids given as numbers become strings, times become seconds and labels 0 or 1", () => {
  const request = parseRequest({
    user: 7,
    time: "2018-09-24T14:27:30",
    history: [
      { item: 1, time: 1_537_799_250_000, label: true, features: { rating: 4.5, tags: [3, "b"] } },
      { item: "x", time: 1_537_799_250, label: 0 },
    ],
    candidates: [50, "260"],
    statistics: { user: { count: 2, positives: 1, means: { rating: { count: 2, sum: 7.5 } } } },
  });
  expect(request).toEqual({
    user: "7",
    time: 1_537_799_250,
    history: [
      { item: "1", time: 1_537_799_250, label: 1, features: { rating: 4.5, tags: ["3", "b"] } },
      { item: "x", time: 1_537_799_250, label: 0 },
    ],
    candidates: ["50", "260"],
    statistics: { user: { count: 2, positives: 1, means: { rating: { count: 2, sum: 7.5 } } } },
  });
});

test("a time with a zone and a date alone are read in UTC", () => {
  const time = (value: string) => parseRequest({ time: value, history: [], candidates: [1] }).time;
  expect(time("2018-09-24T16:27:30+02:00")).toBe(1_537_799_250);
  expect(time("2018-09-24")).toBe(1_537_747_200);
});

test("the path of a wrong id is named down to the step", () => {
  const history = [{ item: 1 }, { item: 2 }, { item: 3 }, { item: null }];
  expect(() => parseRequest({ history, candidates: [1] }, from)).toThrow(
    /^request\.json: history\[3\]\.item: wrong type: expected text or a number, got nothing/,
  );
});

test("an unknown key is answered with the nearest one", () => {
  expect(() => parseRequest({ history: [], candidate: [1], candidates: [1] }, from)).toThrow(
    'request.json: candidate: unknown option "candidate". Did you mean "candidates"?',
  );
});

test("a request without candidates says what is missing", () => {
  expect(() => parseRequest({ history: [] }, from)).toThrow('request.json: candidates: option "candidates" is missing');
  expect(() => parseRequest({ history: [], candidates: [] }, from)).toThrow(
    "candidates: too small: expected at least 1",
  );
});

test("a label other than 0 or 1, a time that is none and an id beyond 2^53 are refused", () => {
  const step = (values: object) => () => parseRequest({ history: [{ item: 1, ...values }], candidates: [1] }, from);
  expect(step({ label: 5 })).toThrow("history[0].label: not a label: expected 0 or 1, got 5");
  expect(step({ time: "yesterday" })).toThrow(
    'history[0].time: not a time: expected seconds, milliseconds or an ISO 8601 time, got "yesterday"',
  );
  expect(step({ item: 2 ** 60 })).toThrow("history[0].item: a number this large loses its last digits");
});

test("counters with more positives than events are refused", () => {
  const statistics = { items: { "50": { count: 1, positives: 2 } } };
  expect(() => parseRequest({ history: [], candidates: [1], statistics }, from)).toThrow(
    "statistics.items.50.positives: more positives than events: expected at most count = 1, got 2",
  );
});

test("text that is not JSON names the file and the parser's position", () => {
  expect(() => parseRequestText('{"history": [}', from)).toThrow(/^request\.json: not JSON: Unexpected token/);
});
