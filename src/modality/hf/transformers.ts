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
    const said = String(cause instanceof Error ? cause.message : cause).split("\n")[0] ?? "";
    const absent = code(cause) === "ERR_MODULE_NOT_FOUND" && said.includes("@huggingface/transformers");
    const { text, image } = WITHOUT_MODEL;
    throw new MmdinError(
      "RUNTIME",
      `a pre-trained model needs the package @huggingface/transformers, which ${absent ? "is not installed" : "does not load"}`,
      {
        where,
        ...(absent ? {} : { got: said }),
        fix: `Run \`npm install @huggingface/transformers\`, or use an encoder that needs no model: ${text} for texts, ${image} for pictures`,
        cause,
      },
    );
  }
}

function code(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : "";
}
