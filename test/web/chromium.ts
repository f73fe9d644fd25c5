import { spawnSync } from "node:child_process";

/** What keeps Chromium from asking the network on its own. */
export const CHROMIUM_WORDS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
] as const;

/** The Chromium of this machine; undefined without one. */
export function chromiumPath(): string | undefined {
  const found = spawnSync("sh", ["-c", "command -v chromium || command -v chromium-browser"], { encoding: "utf8" });
  return found.status === 0 ? found.stdout.trim() : undefined;
}
