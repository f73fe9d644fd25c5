import type * as Transformers from "@huggingface/transformers";
import { MmdinError } from "../../errors.js";
import { onnxRuntime } from "../../runtime/onnxruntime.js";
import { WITHOUT_MODEL } from "./tower.js";

export type { Transformers };

/**
 * The module @huggingface/transformers, an optional peer: its tokenizers and its preparation of pictures. This is the only
 * place that imports it, and only when an encoder of a pre-trained model is opened. Nothing is ever set in its `env`,
 * which the whole process shares.
 *
 * @throws MmdinError RUNTIME where the package is not installed or does not load.
 */
export async function transformers({ where }: { where: string }): Promise<typeof Transformers> {
  onnxRuntime(); // the package needs it too, and here a missing one ends in a message that says what to do
  try {
    return await import("@huggingface/transformers");
  } catch (cause) {
    throw notLoaded(cause, where);
  }
}

function notLoaded(cause: unknown, where: string): MmdinError {
  const said = String(cause instanceof Error ? cause.message : cause).split("\n")[0] ?? "";
  const { text, image } = WITHOUT_MODEL;
  const without = `use an encoder that needs no model: ${text} for texts, ${image} for pictures`;
  if (code(cause) === "ERR_MODULE_NOT_FOUND" && said.includes("'@huggingface/transformers'")) {
    const problem = "a pre-trained model needs the package @huggingface/transformers, which is not installed";
    const fix = `Run \`npm install @huggingface/transformers\`, or ${without}`;
    return new MmdinError("RUNTIME", problem, { where, fix, cause });
  }
  // Linux binds a native library by its name, so the second version of ONNX Runtime in a process meets the first.
  const dedupe =
    code(cause) === "ERR_DLOPEN_FAILED" && said.includes("onnxruntime")
      ? "One process holds one version of onnxruntime-node, and `npm ls onnxruntime-node` shows whether there are two: `npm dedupe` leaves one. Or "
      : "Install it again, or ";
  const problem = "a pre-trained model needs the package @huggingface/transformers, which does not load";
  return new MmdinError("RUNTIME", problem, { where, got: said, fix: dedupe + without, cause });
}

function code(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : "";
}
