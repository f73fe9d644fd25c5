// npm run bench                      all that needs no data of yours: speed of training on a simulated world
// npm run bench -- training          the same, alone
// npm run bench -- steps ...         one training step beside the same step in PyTorch (bench/steps.ts)
// npm run bench -- epoch --data DIR   one epoch of a prepared dataset, ours and PyTorch (bench/epoch.ts)
// npm run bench -- limit ...         how near a step is to what the machine can do (bench/limit.ts)
// npm run bench -- scoring ...       one request of 100 and 1,000 candidates beside PyTorch (bench/scoring.ts)
// npm run bench -- metrics ...       AUC, gAUC and the others over 10 million rows (bench/metrics.ts)
// npm run bench -- prepare ...       speed and memory of prepare on a log of the world's shape (bench/prepare.ts)
// npm run bench -- growth ...        prepare and training on logs of 1, 2, 4 and 8 million training events (bench/growth.ts)
// npm run bench -- accuracy NAME ... accuracy over seeds (bench/accuracy.ts says which experiments there are)
// npm run bench -- world-models ...   all models in simulated worlds, beside their truth (bench/world-models.ts)
// npm run bench -- modality ...      what texts and pictures know of taste (bench/modality.ts)
// npm run bench -- new-items ...     films held out of everything, then added to the trained runs (bench/new-items.ts)
// npm run bench -- candidates ...    candidates for recommend: what each source finds, and how fast (bench/candidates.ts)
// npm run bench -- serving ...       a server over HTTP under load, swaps, minutes of mixed load (bench/serving.ts)
// npm run bench -- serving-crash ...  stores of state killed while events are posted; appends a second (bench/serving-crash.ts)
// npm run bench -- serving-put --demo DIR  from an item put over HTTP to the recommendations that hold it (bench/serving-put.ts)
// npm run bench -- explanations --demo DIR  cost of explanations, and what of them names the steps that are truly relevant (bench/explanations.ts)
import { spawnSync } from "node:child_process";

const [name = "training", ...rest] = process.argv.slice(2);
const script = `bench/${name}.ts`;
const { status } = spawnSync(process.execPath, ["--import", "./scripts/typescript.mjs", script, ...rest], {
  stdio: "inherit",
});
process.exit(status ?? 1);
