import { renderAudit } from "./audit-table.js";
import { defineCliCommand } from "./command.js";
import { printJson, printResult } from "./output.js";

export const auditCommand = defineCliCommand({
  name: "audit",
  description:
    "Look for leaks in a prepared dataset: the future, the target, test in training, columns that tell the label",
  args: {
    data: { type: "string", required: true, valueHint: "DIR", description: "Folder that `mmdin prepare` wrote" },
    json: { type: "boolean", description: "Print everything as JSON" },
  },
  examples: ["mmdin audit --data data/shop", "mmdin audit --data data/shop --json"],
  async run({ args }) {
    const { audit } = await import("../data/index.js");
    const report = audit({ data: args.data });
    if (args.json) printJson(report);
    else printResult(renderAudit(report));
    return report.passed ? undefined : 1;
  },
});
