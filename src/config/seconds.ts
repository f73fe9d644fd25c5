/** Seconds since 1970 of a date of the configuration: ISO text (UTC where no zone is given), seconds or milliseconds. */
export function secondsOf(date: string | number): number {
  if (typeof date === "number") return date <= 1 ? Number.NaN : date >= 1e11 ? date / 1000 : date;
  const iso = date.trim().replace(" ", "T");
  const zoned = /T.*(Z|[+-]\d\d:?\d\d)$/i.test(iso) || !iso.includes("T") ? iso : `${iso}Z`;
  return /^\d{4}-\d\d/.test(iso) ? Date.parse(zoned) / 1000 : Number.NaN;
}
