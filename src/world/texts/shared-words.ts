import { wordBank } from "./word-bank.js";

/** What every topic shares: says nothing of an item. */
export const SHARED_WORDS = wordBank("Everything", {
  who: "stranger, grandmother, twin, neighbour, widow, dreamer, newcomer, old friend, cousin, child, wanderer, rival",
  thing: "letter, promise, secret, photograph, birthday, riddle, wager, goodbye, map, key, mistake, second chance",
  things:
    "letters, secrets, memories, questions, strangers, promises, small miracles, old friends, quiet days, rumours",
  stuff: "patience, luck, time, hope, courage, laughter, gossip, kindness, homesickness, silence",
  place: "at the end of summer, far from home, before sunrise, in a small town, next door, in the last week of autumn",
  doing: "keeping secrets, starting over, telling stories, asking questions, waiting for news, making friends",
  adjective: "quiet, forgotten, unlikely, gentle, stubborn, patient, curious, tender, strange, restless",
});
