import type { Progress } from "../contract.js";
import type { Validation } from "../training/index.js";
import { wholeNumber } from "./arguments.js";
import { defineCliCommand } from "./command.js";
import { INTERRUPTED, listenForInterrupt } from "./interrupt.js";
import { openWatch } from "./open-watch.js";
import { printJson, printNote, printResult } from "./output.js";
import { showProgress } from "./progress.js";
import { renderRunOptions } from "./run-options.js";
import { renderEnding, renderTraining, renderValidation } from "./train-summary.js";

export const trainCommand = defineCliCommand({
  name: "train",
  description: "Train a model on a prepared dataset; the best weights of all validations are kept",
  args: {
    data: { type: "string", required: true, valueHint: "DIR", description: "Folder that `mmdin prepare` wrote" },
    out: { type: "string", required: true, valueHint: "RUN", description: "Folder to write the run to" },
    model: { type: "string", valueHint: "NAME", description: "mmdin (default) or another; all are named below" },
    config: { type: "string", valueHint: "FILE", description: "Options of the run: run.yaml" },
    set: {
      type: "string",
      valueHint: "KEY=VALUE ...",
      description: "Options over the file, as optimizer.learningRate=0.002; all are listed below",
    },
    seed: { type: "string", valueHint: "N", description: "Same seed, same weights (default 1)" },
    epochs: {
      type: "string",
      valueHint: "N",
      description: "Passes over the rows at most (default 20); early stop ends sooner",
    },
    threads: { type: "string", valueHint: "N", description: "Compute threads (default: one per core)" },
    device: { type: "string", valueHint: "NAME", description: "cpu (default), webgpu or cuda, where it is offered" },
    watch: { type: "boolean", description: "Show loss, validation and speed on a page while it trains" },
    port: {
      type: "string",
      valueHint: "N",
      description: "Port of that page (default 8080, or any that is free)",
    },
    json: { type: "boolean", description: "Print the summary as JSON" },
  },
  examples: [
    "mmdin train --data data/shop --out runs/first",
    "mmdin train --data data/shop --out runs/first --watch",
    "mmdin train --data data/shop --out runs/din --model din --set optimizer.learningRate=0.002 batchSize=1024",
  ],
  more: renderRunOptions,
  async run({ args, set }) {
    const { data, out, model, config, device } = args;
    const seed = wholeNumber(args.seed, { option: "--seed" });
    const epochs = wholeNumber(args.epochs, { option: "--epochs", least: 1 });
    const threads = wholeNumber(args.threads, { option: "--threads", least: 1 });
    const port = wholeNumber(args.port, { option: "--port" });
    const { train } = await import("../training/index.js");
    const watch = args.watch ? await openWatch({ port }) : undefined;
    const { progress: show, stop } = showProgress();
    const progress: Progress = (update) => {
      show(update);
      watch?.log.progress(update);
    };
    const { signal, dispose } = listenForInterrupt("Stopping: the best so far is kept. Ctrl-C once more ends at once.");
    const onValidation = (validation: Validation): void => {
      stop();
      printNote(renderValidation(validation));
      watch?.log.validation(validation);
    };
    watch?.log.begin(model ?? "mmdin");
    try {
      const summary = await train({
        data,
        out,
        model,
        config,
        set,
        seed,
        epochs,
        threads,
        device,
        signal,
        progress,
        onValidation,
      });
      stop();
      if (summary.result !== null) watch?.log.end(renderEnding(summary.result));
      watch?.log.finish({ run: out });
      if (args.json) printJson(summary);
      else printResult(renderTraining(summary));
      return signal.aborted ? INTERRUPTED : 0;
    } catch (error) {
      watch?.log.finish({ problem: error instanceof Error ? error.message : String(error) });
      throw error;
    } finally {
      stop();
      dispose();
      await watch?.close();
    }
  },
});
