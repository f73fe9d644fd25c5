import { type RunConfig, readRunConfig } from "../config/run-config.js";
import { findModel } from "../models/registry.js";

/**
 * The options of a training, every default filled in and the model's own checked: run.yaml, where one is given, then `set`.
 *
 * @throws MmdinError CONFIG on an option that is not what it should be, IO where the file cannot be read.
 */
export function trainConfig(set: readonly string[], { path }: { path?: string | undefined } = {}): RunConfig {
  return readRunConfig(path, { set, modelOf: findModel }).config;
}
