import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";

/** A redis-server of our own, on this machine alone. What it acknowledges is on its disk. */
export interface RedisServer {
  /** redis://127.0.0.1:port */
  address: string;
  start(): Promise<void>;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
  /** Stops it from answering, as a machine does that hangs; `resume` lets it go on. */
  pause(): void;
  resume(): void;
  /** Ends it and removes its files. */
  remove(): Promise<void>;
}

/** Why tests that need redis-server skip; undefined where it is there. Where CI runs they never skip. */
export const noRedis: string | undefined = missing();

function missing(): string | undefined {
  if (spawnSync("redis-server", ["--version"]).status === 0) return undefined;
  if (process.env.CI) throw new Error("redis-server is missing, and these tests must not be skipped here");
  return "redis-server is not installed: tests of the Redis store are skipped";
}

/** @param options.settings further settings of redis-server, such as `--requirepass secret`. */
export async function redisServer({ settings = [] }: { settings?: readonly string[] } = {}): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), "mmdin-redis-"));
  const port = await freePort();
  const words = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "yes"];
  let child: ChildProcess | undefined;
  const server: RedisServer = {
    address: `redis://127.0.0.1:${port}`,
    async start() {
      const started = spawn("redis-server", [...words, "--appendfsync", "always", ...settings], { stdio: "ignore" });
      child = started;
      await answering(port);
    },
    async kill() {
      const ended = child;
      child = undefined;
      if (ended === undefined) return;
      const gone = once(ended, "exit");
      ended.kill("SIGKILL");
      await gone;
    },
    pause: () => void child?.kill("SIGSTOP"),
    resume: () => void child?.kill("SIGCONT"),
    async remove() {
      await server.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Waits until it has read its files and answers (a refusal for want of a password is an answer). */
async function answering(port: number): Promise<void> {
  for (const until = Date.now() + 20_000; Date.now() < until; ) {
    const redis = new Redis({
      port,
      lazyConnect: true,
      retryStrategy: () => null,
      enableReadyCheck: false,
      protocol: 2,
    });
    redis.on("error", () => undefined);
    try {
      await redis.connect();
      await redis.ping();
      return;
    } catch (error) {
      if (String(error).includes("NOAUTH")) return;
    } finally {
      redis.disconnect();
    }
    await new Promise((next) => setTimeout(next, 20));
  }
  throw new Error(`redis-server does not answer on port ${port}`);
}
