import type { ListedOption } from "../config/option-list.js";

const DEFAULT_MODEL = "mmdin";

/** Every option that `--config` and `--set` take, those of the model that `--model` names included. */
export async function renderRunOptions(words: readonly string[]): Promise<string> {
  const { listOptions } = await import("../config/option-list.js");
  const { runSchemaOf } = await import("../config/run-config.js");
  const { findModel, modelNames } = await import("../models/registry.js");
  const name = modelIn(words) ?? DEFAULT_MODEL;
  const others = modelNames().filter((other) => other !== name);
  const all = listOptions(runSchemaOf(findModel(name)));
  const model = all.filter(({ path }) => path.startsWith("options."));
  const run = all.filter((option) => !model.includes(option));
  return [
    "OPTIONS OF THE RUN, for --config and --set, with their defaults",
    renderOptions(run),
    `OPTIONS OF ${name} (of the others: mmdin train --help --model ${others.join("|")})`,
    model.length > 0 ? renderOptions(model) : "  none",
  ].join("\n\n");
}

/** What `--model NAME` or `--model=NAME` says. */
function modelIn(words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => word === "--model" || word.startsWith("--model="));
  const word = words[at];
  return word === "--model" ? words[at + 1] : word?.slice("--model=".length);
}

function renderOptions(options: readonly ListedOption[]): string {
  const names = Math.max(...options.map(({ path }) => path.length));
  const defaults = Math.max(...options.map(({ default: value = "" }) => value.length));
  return options
    .map(({ path, default: value = "", choices, description }) => {
      const text = [description, ...(choices.length > 0 ? [`(${choices.join(", ")})`] : [])].join(" ").trim();
      return `  ${path.padEnd(names)}  ${value.padEnd(defaults)}  ${text}`.trimEnd();
    })
    .join("\n");
}
