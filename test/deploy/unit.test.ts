import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { serveArguments } from "../../src/cli/serve-arguments.js";

const file = (name: string): string => fileURLToPath(new URL(`../../deploy/${name}`, import.meta.url));
const noSystemd = spawnSync("systemd-analyze", ["--version"]).status !== 0;

test.skipIf(noSystemd)(
  `systemd has nothing to say of the unit${noSystemd ? " (systemd-analyze is not installed)" : ""}`,
  () => {
    const { status, stdout, stderr } = spawnSync("systemd-analyze", ["verify", file("mmdin.service")], {
      encoding: "utf8",
    });
    expect([status, stdout, stderr]).toEqual([0, "", ""]);
  },
);

test("options of `mmdin serve` in the files of deploy/ are there", () => {
  const texts = ["mmdin.service", "compose.yaml", "Dockerfile"].map((name) => readFileSync(file(name), "utf8"));
  const lines = texts.flatMap((text) =>
    text.split("\n").filter((line) => /^ExecStart=|^ +- --|^CMD \["serve"/.test(line)),
  );
  const options = lines.flatMap((line) => [...line.matchAll(/--([a-z-]+)/g)].map(([, name]) => name!));
  expect(options.length).toBeGreaterThan(15);
  expect(options.filter((name) => !(name in serveArguments))).toEqual([]);
});
