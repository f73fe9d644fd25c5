import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The peer in Python (bench/peers): one request a line, one reply a line, in order. */
export class Peer {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #waiting: { resolve: (reply: Reply) => void; reject: (error: Error) => void }[] = [];
  #said = "";

  constructor({ threads }: { threads: number }) {
    const script = fileURLToPath(new URL("../peers/peer.py", import.meta.url));
    this.#process = spawn("python3", [script, "--threads", String(threads)], {
      env: { ...process.env, OMP_NUM_THREADS: String(threads) },
    });
    this.#process.stderr.on("data", (text) => {
      this.#said = (this.#said + text).slice(-4000);
    });
    createInterface({ input: this.#process.stdout }).on("line", (line) => {
      const reply = JSON.parse(line) as Reply;
      const next = this.#waiting.shift();
      if (reply.ok) next?.resolve(reply);
      else next?.reject(new Error(`the peer: ${reply.error}`));
    });
    const end = (why: string): void => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error(`the peer ended: ${why}\n${this.#said}`));
    };
    this.#process.on("error", (error) => end(error.message));
    this.#process.on("exit", (code) => end(`exit code ${code}`));
  }

  ask(request: object): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    });
  }

  async open(folder: string, { variant, compile = false }: { variant: "a" | "b"; compile?: boolean }): Promise<number> {
    return (await this.ask({ do: "open", folder, variant, compile })).id!;
  }

  async logits(id: number, batch: number): Promise<number[]> {
    return (await this.ask({ do: "logits", id, batch })).logits as number[];
  }

  /** Milliseconds of each step. */
  async train(id: number, batches: readonly number[]): Promise<number[]> {
    return (await this.ask({ do: "train", id, batches })).ms!;
  }

  async close(): Promise<void> {
    this.#process.stdin.end(`${JSON.stringify({ do: "quit" })}\n`);
    await new Promise((resolve) => this.#process.once("exit", resolve));
  }
}

export interface Reply {
  ok: boolean;
  error?: string;
  id?: number;
  ms?: number[];
  loss?: number[];
  logits?: number[] | number[][];
}

const LOGITS_AGREE = 1e-4;

/** Fails where a peer is not the same model. */
export function checkLogits(name: string, expected: ArrayLike<number>, found: ArrayLike<number>): void {
  let gap = 0;
  for (let i = 0; i < expected.length; i++) gap = Math.max(gap, Math.abs(expected[i]! - (found[i] ?? Number.NaN)));
  if (!(gap < LOGITS_AGREE)) throw new Error(`${name} is another model: its logits differ by ${gap}`);
}
