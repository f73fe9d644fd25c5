import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const NGINX = "/usr/sbin/nginx";
const NOBODY = 65_534;

/** Why tests that need nginx skip; undefined where it is there. Where CI runs they never skip. */
export const noNginx: string | undefined = missing();

function missing(): string | undefined {
  if (spawnSync(NGINX, ["-v"]).status === 0) return undefined;
  if (process.env.CI) throw new Error("nginx is missing, and these tests must not be skipped here");
  return "nginx is not installed: tests of deploy/nginx.conf are skipped";
}

/** One line of its access log, as deploy/nginx.conf writes it. */
export interface AccessLine {
  request: string;
  method: string;
  status: number;
  /** Addresses that were asked, with commas between them, and what they answered. */
  replica: string;
  answers: string;
}

/** nginx with deploy/nginx.conf, in a folder of its own and without rights. */
export interface Nginx {
  url: string;
  log(): AccessLine[];
  stop(): Promise<void>;
}

/**
 * @param options.replicas ports that take the places of mmdin-1:8080 and mmdin-2:8080
 * @param options.port where it listens
 * @param options.patience takes the place of the 65 s that an answer may take, such as "2s"
 */
export async function nginxProcess({
  replicas: [first, second],
  port,
  patience,
}: {
  replicas: readonly [number, number];
  port: number;
  patience: string;
}): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), "mmdin-nginx-"));
  chmodSync(folder, 0o755);
  const at = (name: string): string => join(folder, name);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `  ${kind}_temp_path ${at(kind)};\n`)
    .join("");
  const changes: readonly (readonly [string, string])[] = [
    ["pid /run/nginx.pid;", `pid ${at("nginx.pid")};`],
    ["http {\n", `http {\n${temporary}`],
    ["/var/log/nginx/access.log", at("access.log")],
    ["mmdin-1:8080", `127.0.0.1:${first}`],
    ["mmdin-2:8080", `127.0.0.1:${second}`],
    ["listen 80 ", `listen 127.0.0.1:${port} `],
    ["proxy_read_timeout 65s;", `proxy_read_timeout ${patience};`],
  ];
  let text = readFileSync(fileURLToPath(new URL("../../deploy/nginx.conf", import.meta.url)), "utf8");
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`deploy/nginx.conf has no ${JSON.stringify(from)}`);
    text = text.replaceAll(from, to);
  }
  writeFileSync(at("nginx.conf"), text);
  const root = process.getuid?.() === 0;
  if (root) chownSync(folder, NOBODY, NOBODY);
  const words = ["-p", folder, "-c", at("nginx.conf"), "-e", at("error.log"), "-g", "daemon off;"];
  const child = spawn(NGINX, words, { stdio: "ignore", ...(root && { uid: NOBODY, gid: NOBODY }) });
  const gone = once(child, "exit");
  const said = (): string => readFileSync(at("error.log"), "utf8");
  await listening(port, () => child.exitCode !== null && new Error(`nginx does not start: ${said()}`));
  return {
    url: `http://127.0.0.1:${port}`,
    log: () =>
      readFileSync(at("access.log"), "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as AccessLine),
    async stop() {
      child.kill("SIGTERM");
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until somebody listens there. */
async function listening(port: number, failed: () => Error | false): Promise<void> {
  for (const until = Date.now() + 10_000; Date.now() < until; ) {
    const error = failed();
    if (error) throw error;
    const socket = connect(port, "127.0.0.1");
    const there = await new Promise<boolean>((found) => {
      socket.on("connect", () => found(true)).on("error", () => found(false));
    });
    socket.destroy();
    if (there) return;
    await new Promise((next) => setTimeout(next, 20));
  }
  throw new Error(`nobody listens on port ${port}`);
}
