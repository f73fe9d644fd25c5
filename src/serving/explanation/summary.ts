/** A step as a sentence names it. */
export interface NamedStep {
  item: string;
  /** Title of its item, else its id. */
  name: string;
  label: 0 | 1 | null;
  contribution: number;
}

/** What a sentence about one candidate is made of. */
export interface SummaryFacts {
  /** The steps that the model read; null where the model reads no history. */
  steps: readonly NamedStep[] | null;
  /** Steps of the request, read or not. */
  given: number;
  historyChange: number;
  /** Where labels are implicit, every event is a like that nobody said. */
  label: "explicit" | "implicit";
  /** What is known of the item beside its modalities: "12 events", "58 % of them positive"; and what that did, null where it is not read. */
  statistics: { texts: readonly string[]; change: number | null };
  /** Share of each modality; null without gates. */
  gates: Readonly<Record<string, number>> | null;
  /** Whether the catalogue has the item. */
  known: boolean;
}

/** Contributions below this are not worth a word. */
const SMALL = 0.005;
/** Steps named for and against. */
const NAMED = 2;
const LONGEST = 60;

/**
 * One plain sentence on why a candidate got its logit, such as "mostly because you liked Heat (+0.42), in spite of Alien (-0.11)".
 * Numbers are contributions to the logit; an item that is in the history twice is named once, with both. Titles are text, not markup: whoever shows
 * the sentence has to escape it.
 */
export function summarise(facts: SummaryFacts): string {
  const { steps, given, historyChange } = facts;
  if (steps === null) return `this model reads no history: ${restOf(facts)}`;
  if (steps.length === 0) {
    const why =
      given === 0
        ? "nothing is known of this person"
        : `none of the ${given} past ${given === 1 ? "event" : "events"} is one that this model reads`;
    return facts.known || given > 0 ? `${why}: ${restOf(facts)}` : "nothing is known of this person, nor of the item";
  }
  const { speaking, against, others } = weigh(facts);
  if (speaking.length === 0 && against.length === 0)
    return `the history hardly changes it (${signed(historyChange)}): ${restOf(facts)}`;
  const mostly = others ? "mostly " : "";
  const mean = `, ${signed(historyChange)} in all`;
  if (speaking.length === 0) return `held back, ${mostly}${because(against, facts)}${others ? mean : ""}`;
  const spite = against.length > 0 ? `, in spite of ${listed(against)}` : "";
  if (historyChange >= 0) return `${mostly}${because(speaking, facts)}${spite}`;
  return against.length > 0
    ? `held back, ${mostly}${because(against, facts)}, in spite of ${listed(speaking)}${others ? mean : ""}`
    : `held back by the history as a whole (${signed(historyChange)}), in spite of ${listed(speaking)}`;
}

/** The short one: "because of Heat, which you liked"; where nothing of the history speaks for it, the summary. */
export function reasonOf(facts: SummaryFacts): string {
  const { steps } = facts;
  const [first] = steps === null ? [] : weigh(facts).speaking;
  if (first === undefined) return summarise(facts);
  const saw =
    facts.label === "implicit" || first.label === null
      ? ""
      : `, which you ${first.label === 1 ? "liked" : "did not like"}`;
  return `because of ${first.name}${saw}`;
}

/** The steps worth naming, largest first, and whether there are others that did something. */
function weigh({ steps }: SummaryFacts): { speaking: NamedStep[]; against: NamedStep[]; others: boolean } {
  const byItem = new Map<string, NamedStep>();
  for (const step of steps ?? []) {
    const contribution = (byItem.get(step.item)?.contribution ?? 0) + step.contribution;
    byItem.set(step.item, { ...step, name: shortText(step.name), contribution }); // the label is that of the latest
  }
  const all = [...byItem.values()].sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
  const least = Math.max(SMALL, Math.abs(all[0]?.contribution ?? 0) / 5);
  const large = all.filter(({ contribution }) => Math.abs(contribution) >= least);
  const speaking = large.filter(({ contribution }) => contribution > 0).slice(0, NAMED);
  const against = large.filter(({ contribution }) => contribution < 0).slice(0, NAMED);
  const named = speaking.length + against.length;
  return { speaking, against, others: all.slice(named).length > 0 };
}

/** "because you liked Heat (+0.42) and did not like Alien (+0.11)", "because of Heat (+0.42)" where nobody said whether. */
function because(steps: readonly NamedStep[], { label }: SummaryFacts): string {
  if (label === "implicit" || steps.some((step) => step.label === null)) return `because of ${listed(steps)}`;
  const groups = new Map<string, NamedStep[]>();
  for (const step of steps) {
    const verb = step.label === 1 ? "liked" : "did not like";
    groups.set(verb, [...(groups.get(verb) ?? []), step]);
  }
  return `because you ${[...groups].map(([verb, own]) => `${verb} ${listed(own)}`).join(" and ")}`;
}

const listed = (steps: readonly NamedStep[]): string =>
  steps.map(({ name, contribution }) => `${name} (${signed(contribution)})`).join(" and ");

/** What speaks beside the history. */
function restOf({ statistics, gates, known }: SummaryFacts): string {
  if (!known) return "nothing is known of the item";
  const parts: string[] = [];
  const texts = statistics.texts.join(", ");
  if (statistics.change !== null) {
    const did =
      Math.abs(statistics.change) < SMALL
        ? "hardly changes it"
        : statistics.change > 0
          ? "speaks for it"
          : "speaks against it";
    parts.push(`what others did with the item (${texts}) ${did} (${signed(statistics.change)})`);
  }
  const [first, second] = Object.entries(gates ?? {}).sort(([, a], [, b]) => b - a);
  if (first) {
    const most = [first, second].flatMap((gate) => (gate ? [`${gate[0]} (${Math.round(100 * gate[1])} %)`] : []));
    parts.push(`of the item itself, ${most.join(" and ")} ${second ? "count" : "counts"} most`);
  }
  return parts.length > 0 ? parts.join("; ") : "it goes by the item alone";
}

/** "+0.42", "-0.11". */
export const signed = (value: number): string => {
  const text = value.toFixed(2);
  return text.startsWith("-") ? text : `+${text}`;
};

/** A title as it can stand in a sentence: on one line, without control characters, of at most 60 letters. */
function shortText(text: string): string {
  const letters = [...text.replace(/[\p{Cc}\s]+/gu, " ").trim()];
  return letters.length > LONGEST
    ? `${letters
        .slice(0, LONGEST - 1)
        .join("")
        .trimEnd()}…`
    : letters.join("");
}
