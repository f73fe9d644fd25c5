import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findModel } from "../src/models/registry.js";
import { requestsOfKinds } from "./exam/requests.js";
import { Subject } from "./exam/subject.js";
import { prepareToy } from "./exam/toy-world.js";

test("requests that are asked at once get the logits that each gets alone, to the last bit", async () => {
  const folder = mkdtempSync(join(tmpdir(), "mmdin-at-once-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const dataset = await prepareToy(folder);
  const subject = await Subject.untrained(findModel("mmdin").configure({ initialStd: 1 }), dataset);
  const ranker = await subject.ranker();
  const { known, missing, unknown, strangers } = requestsOfKinds(dataset);
  const requests = [known, unknown, missing, strangers, known];
  const alone: number[][] = [];
  for (const request of requests) alone.push(await ranker.ask(request));
  expect(await Promise.all(requests.map((request) => ranker.ask(request)))).toEqual(alone);
  await ranker.close();
  await subject.close();
});
