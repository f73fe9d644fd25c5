import { spawnSync } from "node:child_process";

/** The Python that tests ask; the variable MMDIN_PYTHON names another one, such as that of a virtual environment. */
export const PYTHON = process.env.MMDIN_PYTHON ?? "python3";

/** Why tests that need these modules of Python skip; undefined where they are there. */
export function noPython(...modules: string[]): string | undefined {
  const { status, error, stderr } = spawnSync(PYTHON, ["-c", `import ${modules.join(", ")}`], { encoding: "utf8" });
  if (status === 0) return undefined;
  const reason = error?.message ?? stderr.trim().split("\n").at(-1);
  return `${PYTHON} with ${modules.join(" and ")} is not here (${reason})`;
}
