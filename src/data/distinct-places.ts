import { countBucket } from "./batch-layout.js";

/** Distinct category codes of a batch, and the place of each occurrence among them. */
export interface Places {
  rows: Int32Array; // distinct codes, -1 at padding
  places: Int32Array;
}

/** Distinct codes (in order of first sight) and each occurrence's place; -1 is padding and gets place 0. */
export function distinctPlaces(codes: Int32Array): Places {
  const placeOf = new Map<number, number>();
  const places = new Int32Array(codes.length);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (code < 0) continue;
    let place = placeOf.get(code);
    if (place === undefined) {
      place = placeOf.size;
      placeOf.set(code, place);
    }
    places[i] = place;
  }
  const rows = new Int32Array(countBucket(placeOf.size)).fill(-1);
  rows.set([...placeOf.keys()]);
  return { rows, places };
}
