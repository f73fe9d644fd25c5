const COUNT = new Intl.NumberFormat("en-US", { maximumFractionDigits: 6 });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const MOMENT = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

/** 12,000 */
export function count(value: number): string {
  return COUNT.format(value);
}

/** 43.1 % */
export function percent(value: number, places = 1): string {
  return `${(100 * value).toFixed(places)} %`;
}

/** 0.7461 or "not defined" */
export function decimal(value: number | null, places = 4): string {
  return value === null || !Number.isFinite(value) ? "not defined" : value.toFixed(places);
}

/** +0.12, -0.12 with a real minus sign, 0.00 */
export function signed(value: number, places = 2): string {
  const text = Math.abs(value).toFixed(places);
  if (Number(text) === 0) return text;
  return `${value < 0 ? "\u2212" : "+"}${text}`;
}

/** "840 ms", "12.3 s", "3 min 20 s" */
export function duration(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  return `${minutes} min ${Math.round(seconds - 60 * minutes)} s`;
}

/** "40 s", "3 min", "5 h", "12 days": how old something is. */
export function age(seconds: number): string {
  if (seconds < 90) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129_600) return `${Math.round(seconds / 3600)} h`;
  return `${count(Math.round(seconds / 86_400))} days`;
}

/** Seconds since 1970 as a day. */
export function day(seconds: number): string {
  return DAY.format(seconds * 1000);
}

export function moment(iso: string): string {
  return MOMENT.format(new Date(iso));
}
