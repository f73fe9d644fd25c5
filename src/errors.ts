/** What went wrong, in one word that programs can branch on. */
export type ErrorCode =
  | "CONFIG" // dataset.yaml, run.yaml or an option is not what it should be
  | "DATA" // a source, a row or a value of the user's data
  | "FORMAT" // a file of ours: damaged, or of another version
  | "MISMATCH" // a run meets a dataset that it was not trained on
  | "SHAPE" // a tensor of another shape than an op or layer takes
  | "MODEL" // a model or layer put together wrongly
  | "DEVICE" // a device that is not offered here
  | "RUNTIME" // a session failed while it ran
  | "REQUEST" // a rank request that cannot be read
  | "OFFLINE" // something would have to be downloaded
  | "IO" // reading or writing failed
  | "STORE" // the store of a server's state does not answer, or holds what it should not
  | "BUSY" // more was asked at once than is taken
  | "DEADLINE"; // not answered in time

export interface ErrorDetails {
  /** The place: a file with line and column, a column, an option, an op and its layer. */
  where?: string;
  expected?: string;
  got?: string;
  /** What to do about it, where that is known. */
  fix?: string;
  cause?: unknown;
}

/**
 * The one error that mmdin throws on bad input. Its message reads
 * `where: problem: expected this, got that. What to do.`
 */
export class MmdinError extends Error {
  override readonly name = "MmdinError";
  readonly code: ErrorCode;
  /** The sentence without place and details. */
  readonly problem: string;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, problem: string, details: ErrorDetails = {}) {
    super(compose(problem, details), details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.problem = problem;
    this.details = details;
  }
}

function compose(problem: string, { where, expected, got, fix }: ErrorDetails): string {
  let text = where ? `${where}: ${problem}` : problem;
  if (expected !== undefined) text += `: expected ${expected}`;
  if (got !== undefined) text += `${expected === undefined ? ":" : ","} got ${got}`;
  return fix ? `${text}. ${fix}` : text;
}

/** The first few of some names, quoted, and how many more there are: `"a", "b" and 3 more`. */
export function nameSome(names: readonly string[], most = 5): string {
  const some = names.slice(0, most).map((name) => JSON.stringify(name));
  const more = names.length > some.length ? ` and ${names.length - some.length} more` : "";
  return `${some.join(", ")}${more}`;
}

/** Why a file could not be read or written, in a few words: what the file system said, without its path and code. */
export function fileProblem(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return FILE_PROBLEMS[code] ?? (cause instanceof Error ? cause.message : String(cause));
}

const FILE_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: "nothing at this path",
  EISDIR: "a folder",
  EEXIST: "something else in its way",
  ENOTDIR: "a path through something that is no folder",
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "a file system that cannot be written to",
  ENOSPC: "no space left on the device",
};
