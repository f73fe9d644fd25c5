import { expect, test } from "vitest";
import type { PrepareSummary } from "../data/index.js";
import { renderSummary } from "./prepare-summary.js";

const split = (firstTime: number, lastTime: number): PrepareSummary["splits"]["train"] => ({
  rows: 80_668,
  positives: 39_285,
  labelRate: 0.487,
  users: 522,
  items: 7_867,
  firstTime,
  lastTime,
  unknownItemShare: 0.101,
});
const modality = (labelAuc: number | null, popularityAuc: number | null): PrepareSummary["modalities"][string] => ({
  items: 0.502,
  trainedItems: 0.589,
  rows: { train: 0.938, valid: 0.91, test: null },
  events: 0.925,
  missing: { labelAuc, popularityAuc },
});
const SUMMARY: PrepareSummary = {
  name: "films",
  directory: "data/films",
  encodings: {},
  hash: "",
  bytes: { total: 11_800_000, eventsAndRows: 5_200_000, perEvent: 51.1, ranking: 0, catalogue: 6_600_000 },
  seconds: 1.1,
  events: 100_836,
  users: 610,
  items: 9_742,
  trainedUsers: 522,
  trainedItems: 7_867,
  clock: "time",
  splits: {
    train: split(828_124_615, 1_458_620_000),
    valid: split(1_458_620_000, 1_498_000_000),
    test: split(1_498_000_000, 1_537_799_250),
  },
  ranking: {},
  negativesDropped: 0,
  modalities: { genres: modality(null, null), overview: modality(0.59, 0.6), poster: modality(0.654, 0.8422) },
  dropped: {},
  eventsWithoutRow: 0,
  itemsNotInTable: 0,
};

test("splits and coverage stand in 80 columns: days, and the shares of items and of each split's rows", () => {
  const [, splits, coverage] = renderSummary(SUMMARY).split("\n\n");
  expect(splits?.split("\n")).toEqual([
    "split    rows  users  items  label rate  from (UTC)  to (UTC)    cold items",
    "train  80,668    522  7,867      48.7 %  1996-03-29  2016-03-22      10.1 %",
    "valid  80,668    522  7,867      48.7 %  2016-03-22  2017-06-20      10.1 %",
    "test   80,668    522  7,867      48.7 %  2017-06-20  2018-09-24      10.1 %",
  ]);
  expect(coverage?.split("\n")).toEqual([
    "modality  items with it  training items  train rows  valid rows  test rows",
    "genres           50.2 %          58.9 %      93.8 %      91.0 %          -",
    "overview         50.2 %          58.9 %      93.8 %      91.0 %          -",
    "poster           50.2 %          58.9 %      93.8 %      91.0 %          -",
  ]);
});

test("rows that negatives.keep left out are among the events that make history and no row", () => {
  expect(renderSummary({ ...SUMMARY, eventsWithoutRow: 31_000, negativesDropped: 30_512 })).toContain(
    "31,000 events make history and no row\n30,512 of them would be rows of label 0: negatives.keep left them out\n",
  );
});

test("a split shorter than two days shows the time of day, so that its ends differ", () => {
  const splits = { ...SUMMARY.splits, test: split(1_537_750_000, 1_537_799_250) };
  expect(renderSummary({ ...SUMMARY, splits })).toContain("2018-09-24 00:46  2018-09-24 14:27");
});

test("one line for each modality whose absence tells the popularity or the label beyond .6", () => {
  const modalities = { ...SUMMARY.modalities, sound: modality(0.3, null) };
  const lines = renderSummary({ ...SUMMARY, modalities }).split("\n");
  const rest = "which a model can learn without looking at it. Judge it on items that have it, or fill its gaps";
  expect(lines.filter((line) => line.startsWith("warning"))).toEqual([
    `warning: poster: items with it are more popular (AUC 0.8422) and more often labelled 1 (AUC 0.6540), ${rest}`,
    `warning: sound: items with it are less often labelled 1 (AUC 0.3000), ${rest}`,
  ]);
});
