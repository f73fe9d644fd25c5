import type { WorldSize } from "./simulate.js";

/** The dataset.yaml of a world: what `mmdin prepare` reads. Nothing in it points at the truth. */
export function datasetYaml({ seed, users, items, events }: WorldSize): string {
  return `# A simulated shop: ${events} events of ${users} people and ${items} items, seed ${seed}.
name: world
root: .
events:
  from: events.csv
  user: user
  item: item
  time: time
  label: clicked
  features:
    clicked: { kind: category, from: clicked } # what a history step knows: whether the item was clicked then
items:
  from: items.jsonl
  id: item
  title: title
  modalities:
    category: { kind: category, from: category }
    price: { kind: number, from: price }
    age: { kind: number, from: age }
    text: { kind: text, from: "title || '. ' || coalesce(blurb, '')", encoder: lsa }
    poster: { kind: image, from: poster, encoder: pixels }
history: { length: 50, of: "true" }
statistics: { user: [count, rate], item: [count, rate], prior: 5 }
split: { by: time, train: 0.8, valid: 0.1, test: 0.1 }
`;
}
