/** A generator of whole numbers below a limit. */
export type Draw = (limit: number) => number;

/**
 * A generator that is a function of its keys alone: the same seed, purpose and entity give the same draws, whatever was
 * drawn for others. sfc32 (Chris Doty-Humphrey, PractRand), seeded through the mixer of MurmurHash3 (Austin Appleby).
 */
export function drawFrom(...keys: number[]): Draw {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = 0xb7e15162;
  let d = 1;
  for (const key of keys) {
    a = mix(a ^ key);
    b = mix(b ^ a);
    c = mix(c + b);
  }
  const next = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    c |= 0;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  return (limit) => Math.floor((next() / 2 ** 32) * limit);
}

function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}
