import { z } from "zod";
import * as answers from "./answer-schemas.js";
import { BUNDLE_FILES } from "./bundle-files.js";
import * as items from "./item-schemas.js";
import type { ProblemCode } from "./problem.js";
import * as queries from "./query-schemas.js";
import * as questions from "./question-schemas.js";
import * as trainings from "./training-schemas.js";

/** One thing that a server can be asked over HTTP. */
export interface Operation {
  method: "GET" | "PUT" | "POST" | "DELETE";
  /** Parameters in braces: `/v1/items/{id}`. */
  path: string;
  tag: "ranking" | "events and people" | "items" | "model" | "server";
  summary: string;
  description?: string;
  params?: z.ZodType;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** The schema of a JSON answer, or the type of any other. */
  answer: z.ZodType | "image/*" | "text/plain" | "application/json" | "application/octet-stream";
  /** What the answer 200 holds, in one sentence. */
  answered: string;
  /** What the answer 201 means, where there is one. */
  created?: string;
  /** What can go wrong beside what always can. */
  problems: readonly ProblemCode[];
  /** Answered without a key, too. */
  open?: true;
}

const store = ["STORE", "NO_STORE"] as const;
const ranking = ["BUSY", "DEADLINE", "RUNTIME"] as const;

const bundleFileSchema = z.strictObject({
  file: z.enum(BUNDLE_FILES).meta({ description: "`model.onnx.data` is there for large models alone." }),
});

/** Every operation by its name, which is also the name of the client's method: routes, OpenAPI and client are made of this table. */
export const operations = {
  rank: {
    method: "POST",
    path: "/v1/rank",
    tag: "ranking",
    summary: "Rank these items for a person",
    description:
      "Whose wants are asked for: a person that the store knows, or a history that the question carries, or both (the latter is then read).",
    body: questions.rankQuestionSchema,
    answer: answers.rankerAnswerSchema,
    answered: "Every candidate, best first.",
    problems: ranking,
  },
  recommend: {
    method: "POST",
    path: "/v1/recommend",
    tag: "ranking",
    summary: "Find items of the catalogue for a person",
    description:
      "Candidates are found (similar, co-visited, popular, new), filtered, ranked, and made diverse where that is asked.",
    body: questions.recommendQuestionSchema,
    answer: answers.rankerAnswerSchema,
    answered: "The best of the catalogue, best first.",
    problems: ranking,
  },
  explain: {
    method: "POST",
    path: "/v1/explain",
    tag: "ranking",
    summary: "Rank a few items and say why",
    body: questions.explainQuestionSchema,
    answer: answers.rankerAnswerSchema,
    answered: "Every candidate with its explanation, best first.",
    problems: ranking,
  },
  append: {
    method: "POST",
    path: "/v1/events",
    tag: "events and people",
    summary: "Store what people did",
    description:
      "All of them or none. Once answered they are durable, and seen by the next question of any server on the same store. The same event twice is two events.",
    body: questions.newEventsSchema,
    answer: answers.storedSchema,
    answered: "How many were stored.",
    problems: store,
  },
  users: {
    method: "GET",
    path: "/v1/users",
    tag: "events and people",
    summary: "People of the run's log",
    query: queries.usersQuerySchema,
    answer: answers.usersSchema,
    answered: "Ids, in their order.",
    problems: [],
  },
  user: {
    method: "GET",
    path: "/v1/users/{id}/history",
    tag: "events and people",
    summary: "What is stored of a person",
    params: queries.pathIdSchema,
    answer: answers.userHistorySchema,
    answered: "Events, oldest first, and counters.",
    problems: ["NOT_FOUND", ...store],
  },
  forget: {
    method: "DELETE",
    path: "/v1/users/{id}",
    tag: "events and people",
    summary: "Forget a person",
    description:
      "Removes everything that is stored of them, in one step. Somebody of whom nothing is stored is forgotten with 0 events.",
    params: queries.pathIdSchema,
    answer: answers.forgottenSchema,
    answered: "How many events went.",
    problems: store,
  },
  items: {
    method: "GET",
    path: "/v1/items",
    tag: "items",
    summary: "Search the catalogue",
    query: queries.itemsQuerySchema,
    answer: items.foundItemsSchema,
    answered: "A page of items: most events first, and with `search` those first whose title begins with it.",
    problems: [],
  },
  item: {
    method: "GET",
    path: "/v1/items/{id}",
    tag: "items",
    summary: "One item",
    params: queries.pathIdSchema,
    answer: items.catalogueItemSchema,
    answered: "The item.",
    problems: ["NOT_FOUND"],
  },
  putItem: {
    method: "PUT",
    path: "/v1/items/{id}",
    tag: "items",
    summary: "Add or replace an item",
    description: "Encoded, stored and rankable when it is answered; no training is needed.",
    params: queries.pathIdSchema,
    body: items.putItemSchema,
    answer: items.putSummarySchema,
    answered: "It replaced one.",
    created: "It is new.",
    problems: ["DATA", "BUSY", ...store],
  },
  picture: {
    method: "GET",
    path: "/v1/items/{id}/picture",
    tag: "items",
    summary: "An item's picture",
    params: queries.pathIdSchema,
    query: queries.pictureQuerySchema,
    answer: "image/*",
    answered: "The picture.",
    problems: ["NOT_FOUND"],
  },
  neighbours: {
    method: "GET",
    path: "/v1/items/{id}/neighbours",
    tag: "items",
    summary: "The items most like one",
    params: queries.pathIdSchema,
    query: queries.neighboursQuerySchema,
    answer: items.neighboursSchema,
    answered: "Nearest first, by the cosine of their vectors.",
    problems: ["NOT_FOUND"],
  },
  model: {
    method: "GET",
    path: "/v1/model",
    tag: "model",
    summary: "What is served",
    answer: answers.modelSummarySchema,
    answered: "The run, its catalogue, and the names that questions and events may use.",
    problems: [],
  },
  swap: {
    method: "POST",
    path: "/v1/model",
    tag: "model",
    summary: "Serve another run",
    description:
      "Loads it beside the one that answers, then changes; no request is dropped. Only a folder below `--runs` (default: the folder that holds the first run).",
    body: queries.swapSchema,
    answer: answers.modelSummarySchema,
    answered: "What is served now.",
    problems: ["MISMATCH", "RUNTIME"],
  },
  training: {
    method: "GET",
    path: "/v1/model/training",
    tag: "model",
    summary: "How the model was trained",
    answer: trainings.modelTrainingSchema,
    answered: "What it was trained on, when, with which options, and every validation.",
    problems: [],
  },
  evaluation: {
    method: "GET",
    path: "/v1/model/evaluation",
    tag: "model",
    summary: "How good the model is on its test slice",
    description:
      "Measured once, when it is first asked for, where the dataset of the run is at hand; ask again until `state` is no longer `measuring`.",
    answer: trainings.modelEvaluationSchema,
    answered:
      "Indicators with intervals, reliability and slices; or how far measuring has come; or why it cannot be measured.",
    problems: [],
  },
  comparison: {
    method: "GET",
    path: "/v1/model/comparison",
    tag: "model",
    summary: "What it was compared with",
    answer: trainings.modelComparisonSchema,
    answered: "The report of `mmdin compare` or `mmdin ablate` that the server was given (`--report`).",
    problems: ["NOT_FOUND"],
  },
  bundle: {
    method: "GET",
    path: "/v1/model/bundle/{file}",
    tag: "model",
    summary: "The model, to run it elsewhere",
    description:
      "A file of the run as `mmdin export` writes it, without the items that were put into this server. Exported when it is first asked for, which can take a minute.",
    params: bundleFileSchema,
    answer: "application/octet-stream",
    answered: "The file.",
    problems: ["NOT_FOUND"],
  },
  signIn: {
    method: "POST",
    path: "/v1/session",
    tag: "server",
    summary: "Sign a browser in",
    description:
      "For pages of this server, whose pictures cannot carry a key: the answer sets a cookie, `mmdin-session`, that stands for the key until the browser is closed, and that no script can read.",
    body: questions.signInSchema,
    answer: answers.sessionSchema,
    answered: "The key is known, or the server asks for none.",
    problems: ["KEY"],
    open: true,
  },
  signOut: {
    method: "DELETE",
    path: "/v1/session",
    tag: "server",
    summary: "Sign a browser out",
    answer: answers.sessionSchema,
    answered: "The cookie is taken back.",
    problems: [],
    open: true,
  },
  alive: {
    method: "GET",
    path: "/healthz",
    tag: "server",
    summary: "Whether the process answers",
    answer: answers.aliveSchema,
    answered: "It does.",
    problems: [],
    open: true,
  },
  ready: {
    method: "GET",
    path: "/readyz",
    tag: "server",
    summary: "Whether it can be asked",
    description: "503 while the model is loaded and while the server stops.",
    answer: answers.readySchema,
    answered: "It can; and how its store, workers and queue are.",
    problems: ["STARTING", "STOPPING"],
    open: true,
  },
  metrics: {
    method: "GET",
    path: "/metrics",
    tag: "server",
    summary: "Figures for Prometheus",
    answer: "text/plain",
    answered: "The text format of Prometheus.",
    problems: [],
  },
  openapi: {
    method: "GET",
    path: "/openapi.json",
    tag: "server",
    summary: "This document",
    answer: "application/json",
    answered: "OpenAPI 3.1.",
    problems: [],
    open: true,
  },
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;

type Table = typeof operations;
type Read<O, K extends "params" | "query" | "body"> = O extends { [P in K]: infer S extends z.ZodType }
  ? z.output<S>
  : undefined;

/** What a handler of an operation is given: checked, and read as what it means. */
export interface OperationInput<K extends OperationName> {
  params: Read<Table[K], "params">;
  query: Read<Table[K], "query">;
  body: Read<Table[K], "body">;
}
