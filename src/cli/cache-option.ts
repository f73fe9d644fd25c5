/** The argument of every command that encodes texts and images. */
export const cacheArgument = {
  type: "string",
  valueHint: "DIR",
  description: "Keeps what encoders made of texts and images (default .mmdin/cache; none keeps nothing)",
} as const;

/** What the library is told: the folder, false for none, undefined for the default. */
export function cacheOf(value: string | undefined): string | false | undefined {
  return value === "none" ? false : value;
}
