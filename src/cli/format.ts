/** "80,668" */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** "0.8712", or - for what is not defined. */
export function decimal(value: number | null): string {
  return value === null || Number.isNaN(value) ? "-" : value.toFixed(4);
}

/** "48.7 %" of a share, null for what is not defined. */
export function percent(share: number | null): string | null {
  return share === null ? null : `${(100 * share).toFixed(1)} %`;
}

/** Seconds as people say them: "8.0 s", "3 min 20 s", "2 h 5 min". */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
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
