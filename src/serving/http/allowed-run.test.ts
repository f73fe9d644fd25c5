import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { AllowedRuns } from "./allowed-run.js";

/** runs/{a,b,deep/c}, outside/secret, and links of runs/ to b and to outside/secret. */
function folders(): string {
  const place = realpathSync(mkdtempSync(join(tmpdir(), "mmdin-runs-")));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  for (const name of ["runs/a", "runs/b", "runs/deep/c", "outside/secret", "runs-of-others"])
    mkdirSync(join(place, name), { recursive: true });
  symlinkSync(join(place, "runs/b"), join(place, "runs/current"));
  symlinkSync(join(place, "outside/secret"), join(place, "runs/way-out"));
  return place;
}

test("folders beside the first run and below may be named, relative or absolute, and a link is followed", () => {
  const place = folders();
  const runs = new AllowedRuns(join(place, "runs/a"));
  const at = (name: string) => join(place, "runs", name);
  expect(runs.folder("b")).toEqual({ path: at("b"), real: at("b") });
  expect(runs.folder("deep/c").real).toBe(at("deep/c"));
  expect(runs.folder(at("b")).real).toBe(at("b"));
  expect(runs.folder("current")).toEqual({ path: at("current"), real: at("b") });
  expect(runs.folder("deep/../b").real).toBe(at("b"));
});

test.each(["..", ".", "", "../outside/secret", "../runs-of-others", "way-out", "/", "/etc", "b/../../outside/secret"])(
  "%j leads out of the folder of runs",
  (run) => {
    const runs = new AllowedRuns(join(folders(), "runs/a"));
    expect(() => runs.folder(run)).toThrow("this path leads out of the folder of runs");
  },
);

test("the first run may be a link to elsewhere, and can be taken again; another folder for runs can be named", () => {
  const place = folders();
  const first = join(place, "runs/way-out");
  expect(new AllowedRuns(first).folder("way-out").path).toBe(first);
  const elsewhere = new AllowedRuns(first, { runs: join(place, "outside") });
  expect(elsewhere.folder("secret").real).toBe(join(place, "outside/secret"));
  expect(() => elsewhere.folder("none")).toThrow("there is nothing at this path");
});
