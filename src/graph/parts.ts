import type { Dim } from "./shape.js";

/** A part of an axis; the last one has no end. */
export interface PartRange {
  start: number;
  end: number | null;
}

/** What a part of a letter's axis is called: "T[0:4]", and the last "T[4:]". */
export const partName = (letter: string, { start, end }: PartRange): string => `${letter}[${start}:${end ?? ""}]`;

/** The letter and the part that a name stands for; null where it is not that of a part. */
export function partOf(name: Dim): (PartRange & { letter: string }) | null {
  const [, letter, start, end] = /^(.+)\[(\d+):(\d*)\]$/.exec(String(name)) ?? [];
  return letter === undefined ? null : { letter, start: Number(start), end: end === "" ? null : Number(end) };
}

/** The letter that parts in this order make up, from its start to its end; null where they do not. */
export function wholeOf(names: readonly Dim[]): string | null {
  const parts = names.map(partOf);
  const follows = parts.every(
    (part, i) => part?.letter === parts[0]?.letter && part?.start === (i === 0 ? 0 : parts[i - 1]?.end),
  );
  return follows && parts.at(-1)?.end === null ? parts[0]!.letter : null;
}
