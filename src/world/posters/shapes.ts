/**
 * Signed distances from a point to shapes around the origin, in pixels, negative inside; y grows downwards. They are exact
 * near the edge, or nearly so, which is all that an anti-aliased edge needs. `angular` runs from 0, round, to 1, pointed.
 */

export function circle(x: number, y: number, radius: number): number {
  return length(x, y) - radius;
}

/** A disc that grows four corners, until it is a square on its tip. */
export function gem(x: number, y: number, { radius, angular }: { radius: number; angular: number }): number {
  const square = (Math.abs(x) + Math.abs(y) - 1.2 * radius) * Math.SQRT1_2;
  return (length(x, y) - radius) * (1 - angular) + square * angular;
}

/** A line from the origin to (toX, toY), this wide, with round ends. */
export function stroke(x: number, y: number, { toX, toY, width }: { toX: number; toY: number; width: number }): number {
  const t = Math.min(1, Math.max(0, (x * toX + y * toY) / (toX * toX + toY * toY)));
  return length(x - t * toX, y - t * toY) - width / 2;
}

/** A crown of leaves that turns into a fir; it stands on the origin, `height` high, 2 `half` wide. */
export function crown(
  x: number,
  y: number,
  { half, height, angular }: { half: number; height: number; angular: number },
): number {
  const fir = Math.max((Math.abs(x) * height - y * half - half * height) / length(half, height), y);
  const round = (length(x / half, (y + height * 0.6) / (height * 0.42)) - 1) * Math.min(half, height * 0.42);
  return round * (1 - angular) + fir * angular;
}

/** A box that stands on the origin. */
export function box(x: number, y: number, { half, height }: { half: number; height: number }): number {
  return Math.max(Math.abs(x) - half, y, -y - height);
}

/** Several times as fast as Math.hypot, which guards against overflow. */
function length(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}
