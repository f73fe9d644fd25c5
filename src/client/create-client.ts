import type { Bytes } from "../api/operation-answers.js";
import { MmdinError } from "../errors.js";
import type { CallOptions, Client, ClientOptions } from "./client.js";
import { problemOfAnswer } from "./mmdin-problem.js";

interface Sent extends CallOptions {
  method?: "GET" | "PUT" | "POST" | "DELETE";
  path: string;
  query?: Readonly<Record<string, unknown>>;
  body?: unknown;
}

/**
 * A typed client of `mmdin serve`, for Node 20 and newer and for browsers, without dependencies.
 *
 * @example
 * const mmdin = createClient({ url: "http://127.0.0.1:8080", key: "..." });
 * await mmdin.append([{ user: "42", item: "7" }]);
 * const { results } = await mmdin.recommend({ user: "42", k: 5 });
 */
export function createClient({ url, key, fetch: given, timeout: patience = 10_000 }: ClientOptions): Client {
  const base = url.replace(/\/+$/, "");
  const ask = given ?? ((...words: Parameters<typeof fetch>) => fetch(...words));

  /** Sends one request and reads its answer by `read`, in the time that is given for both. */
  async function send<T>(sent: Sent, read: (answer: Response) => Promise<T>): Promise<T> {
    const { method = "GET", path, query = {}, body, signal, timeout = patience, requestId } = sent;
    const address = `${base}${path}${queryText(query)}`;
    const headers: Record<string, string> = {};
    if (key !== undefined) headers.authorization = `Bearer ${key}`;
    if (requestId !== undefined) headers["x-request-id"] = requestId;
    if (body !== undefined) headers["content-type"] = "application/json";
    signal?.throwIfAborted();
    const controller = new AbortController();
    let late = false;
    const onAbort = (): void => controller.abort(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    const timer = setTimeout(() => {
      late = true;
      controller.abort();
    }, timeout);
    try {
      const text = body === undefined ? {} : { body: JSON.stringify(body) };
      const answer = await ask(address, { method, headers, signal: controller.signal, ...text });
      if (!answer.ok) throw await problemOfAnswer(answer);
      return await read(answer);
    } catch (cause) {
      if (signal?.aborted) throw signal.reason;
      if (late)
        throw new MmdinError("DEADLINE", `no answer within ${timeout} ms`, { where: `${method} ${path}`, cause });
      // What fetch says of a connection is a TypeError without a reason; the reason is its cause.
      if (!(cause instanceof TypeError)) throw cause;
      const got = cause.cause instanceof Error ? cause.cause.message : cause.message;
      throw new MmdinError("IO", "the server does not answer", { where: base, got, cause });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    }
  }

  const json = <T>(sent: Sent): Promise<T> => send(sent, async (answer) => (await answer.json()) as T);
  const bytes = (sent: Sent): Promise<Bytes> =>
    send(sent, async (answer) => ({
      bytes: new Uint8Array(await answer.arrayBuffer()),
      type: answer.headers.get("content-type") ?? "",
    }));
  const text = (sent: Sent): Promise<string> => send(sent, (answer) => answer.text());

  return {
    rank: (body, options) => json({ ...options, method: "POST", path: "/v1/rank", body }),
    recommend: (body, options) => json({ ...options, method: "POST", path: "/v1/recommend", body }),
    explain: (body, options) => json({ ...options, method: "POST", path: "/v1/explain", body }),
    append: (events, options) => json({ ...options, method: "POST", path: "/v1/events", body: { events } }),
    users: (query, options) => json({ ...options, path: "/v1/users", ...(query && { query }) }),
    user: async (id, options) => json({ ...options, path: `/v1/users/${part(id)}/history` }),
    forget: async (id, options) => json({ ...options, method: "DELETE", path: `/v1/users/${part(id)}` }),
    items: ({ filters, ...query } = {}, options) =>
      json({
        ...options,
        path: "/v1/items",
        query: { ...query, ...(filters && { filters: JSON.stringify(filters) }) },
      }),
    item: async (id, options) => json({ ...options, path: `/v1/items/${part(id)}` }),
    putItem: async ({ id, record, pictures }, options) =>
      json({
        ...options,
        method: "PUT",
        path: `/v1/items/${part(id)}`,
        body: { record, ...(pictures && { pictures: textsOf(pictures) }) },
      }),
    picture: async (id, { width, ...options } = {}) =>
      bytes({ ...options, path: `/v1/items/${part(id)}/picture`, query: { width } }),
    neighbours: async (id, query, options) => json({ ...options, path: `/v1/items/${part(id)}/neighbours`, query }),
    model: (options) => json({ ...options, path: "/v1/model" }),
    swap: (run, options) => json({ ...options, method: "POST", path: "/v1/model", body: { run } }),
    training: (options) => json({ ...options, path: "/v1/model/training" }),
    evaluation: (options) => json({ ...options, path: "/v1/model/evaluation" }),
    comparison: (options) => json({ ...options, path: "/v1/model/comparison" }),
    bundle: (file, options) => bytes({ ...options, path: `/v1/model/bundle/${part(file)}` }),
    signIn: (key, options) => json({ ...options, method: "POST", path: "/v1/session", body: { key } }),
    signOut: (options) => json({ ...options, method: "DELETE", path: "/v1/session" }),
    alive: (options) => json({ ...options, path: "/healthz" }),
    ready: (options) => json({ ...options, path: "/readyz" }),
    metrics: (options) => text({ ...options, path: "/metrics" }),
    openapi: (options) => json({ ...options, path: "/openapi.json" }),
  };
}

function queryText(query: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(Object.fromEntries(pairs.map(([name, value]) => [name, String(value)]))).toString();
  return text === "" ? "" : `?${text}`;
}

/** An id as a part of a path. */
function part(id: string): string {
  if (id !== "" && id !== "." && id !== "..") return encodeURIComponent(id);
  const expected = "any text but `.` and `..`, which URLs take for steps";
  throw new MmdinError("REQUEST", "this id cannot stand in a URL", { where: "id", expected, got: JSON.stringify(id) });
}

/** Bytes as base64, in pieces that a call's arguments can hold. */
function textsOf(pictures: Readonly<Record<string, Uint8Array>>): Record<string, string> {
  const base64 = (bytes: Uint8Array): string => {
    let text = "";
    for (let start = 0; start < bytes.length; start += 0x8000)
      text += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
    return btoa(text);
  };
  return Object.fromEntries(Object.entries(pictures).map(([field, bytes]) => [field, base64(bytes)]));
}
