/** The parts of a sentence that words of a topic fill; those of any topic fit any sentence. */
export interface SentenceParts<Words> {
  /** A person: "ferry pilot". Follows an article. */
  who: Words;
  /** One thing that can be counted: "brass compass". Follows an article. */
  thing: Words;
  /** Several of them: "tide pools". */
  things: Words;
  /** What cannot be counted: "salt". */
  stuff: Words;
  /** Where: "on the harbour wall". */
  place: Words;
  /** What somebody does: "mending nets". */
  doing: Words;
  /** "tidal". */
  adjective: Words;
}

export type SentencePart = keyof SentenceParts<string>;

/** The words of one topic. */
export interface WordBank extends SentenceParts<readonly string[]> {
  /** What the topic is called: "The sea". */
  name: string;
}

/** Makes a bank of lists that are written with commas. */
export function wordBank(name: string, lists: SentenceParts<string>): WordBank {
  const { who, thing, things, stuff, place, doing, adjective } = lists;
  return {
    name,
    who: who.split(", "),
    thing: thing.split(", "),
    things: things.split(", "),
    stuff: stuff.split(", "),
    place: place.split(", "),
    doing: doing.split(", "),
    adjective: adjective.split(", "),
  };
}
