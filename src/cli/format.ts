export { count, decimal, duration, plural } from "../experiments/report/report-text.js";

/** "48.7 %" of a share, null for what is not defined. */
export function percent(share: number | null): string | null {
  return share === null ? null : `${(100 * share).toFixed(1)} %`;
}

/** Bytes: "12.3 kB", "11.8 MB". */
export function size(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** A time in seconds since 1970 as "2018-09-24 14:27" (UTC). */
export function moment(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ");
}

/** The day of a time in seconds since 1970, "2018-09-24" (UTC). */
export function day(seconds: number): string {
  return moment(seconds).slice(0, 10);
}
