import type { Person, RankerAnswer, RankerResult, RankQuestion, RecommendQuestion } from "../../api/contract.js";
import type { Counters, HistoryStep } from "../../contract.js";
import { UNKNOWN_INDEX } from "../../data/columns.js";
import { type IndexedRequest, indexRequest } from "../../data/indexed-request.js";
import { type HistoryIndices, reasonOf } from "../candidates/index.js";
import type { AskOptions, RankerObserver } from "../ranker-contract.js";
import { checkRankQuestion, checkRecommendQuestion } from "./check-question.js";
import { personState } from "./person-state.js";
import { probabilityOf, rankedRows } from "./ranked.js";
import type { ServedRun } from "./served-run.js";
import { Stages } from "./stages.js";
import type { StoreLink } from "./store-link.js";
import type { PoolAskOptions } from "./worker-pool.js";

/** What a question is answered with. */
export interface Answering {
  run: ServedRun;
  state: StoreLink;
  observer: RankerObserver;
  clock: "now" | "log";
}

/** Milliseconds that a question has, unless it says. */
const DEADLINE = 1000;
/** Candidates that are ranked for a recommendation. */
const CANDIDATES = 500;
const K = 10;
/** Steps of a history, the last ones, that candidates are looked for by. */
const STEPS = 1000;

export async function answerRank(
  question: RankQuestion,
  options: AskOptions,
  answering: Answering,
): Promise<RankerAnswer> {
  checkRankQuestion(question);
  const answer = new Answer(question, options, answering);
  const [person, counted] = await Promise.all([answer.person(), answer.counted(question.candidates)]);
  const request = answer.request(person, { candidates: question.candidates, counted });
  answer.stages.end("state");
  const { run } = answering;
  if (question.explain) return answer.with(await explained(question.candidates, request, answer));
  const logits = await run.score(request, answer.left());
  answer.stages.end("score");
  const results = rankedRows(logits).map((row) => answer.result(question.candidates[row]!, logits[row]!));
  return answer.with(results);
}

export async function answerRecommend(
  question: RecommendQuestion,
  options: AskOptions,
  answering: Answering,
): Promise<RankerAnswer> {
  checkRecommendQuestion(question);
  const { run } = answering;
  const { ids } = run;
  const { k = K, diversity = 0, cap = null, exclude = [], includeSeen = false, filters = {} } = question;
  const answer = new Answer(question, options, answering);
  const person = await answer.person();
  const history = historyIndices(person.history, run);
  answer.stages.end("state");
  const excluded = [...exclude, ...(includeSeen ? [] : person.history.map(({ item }) => item))];
  const found = await run.find(
    {
      history,
      exclude: Int32Array.from(new Set(excluded.map((id) => ids.items.indexOf(id)))),
      filters,
      ids: idsOfFilters(filters.id, run),
      most: CANDIDATES,
      user: question.user ?? "",
      time: person.time,
    },
    answer.left(),
  );
  answer.stages.end("candidates");
  for (const warning of [...run.warnings, ...found.warnings]) answer.warnings.add(warning);
  if (found.items.length === 0) return answer.with([]);
  const candidates = Array.from(found.items, (item) => ids.items.ids[item]!);
  const request = answer.request(person, { candidates, counted: await answer.counted(candidates) });
  answer.stages.end("state");
  const asked = { request, sources: found.sources, history, k, diversity, cap };
  const chosen = await run.choose(asked, answer.left());
  answer.stages.end("score");
  const results = chosen.map(({ row, logit, because, events }): RankerResult => {
    const source = found.sources[row]!;
    const step = because === null ? undefined : person.history.slice(-STEPS)[because];
    const reason = reasonOf(
      {
        source,
        events,
        because:
          step === undefined
            ? null
            : { item: { id: step.item, title: run.titleOf(step.item) }, label: step.label ?? null },
      },
      { label: run.catalogue.label },
    );
    return { ...answer.result(candidates[row]!, logit), source, reason };
  });
  if (!question.explain || results.length === 0) return answer.with(results);
  const shown = results.map(({ item }) => item);
  const counters = candidates.length > 0 ? await answer.counted(shown) : [];
  const why = await explained(shown, answer.request(person, { candidates: shown, counted: counters }), answer);
  const byItem = new Map(why.map((result) => [result.item, result]));
  return answer.with(
    results.map((result) => {
      const { explanation, reason } = byItem.get(result.item)!;
      return { ...result, reason, ...(explanation && { explanation }) };
    }),
  );
}

/** Results with their explanations, best first. */
async function explained(
  candidates: readonly string[],
  request: IndexedRequest,
  answer: Answer,
): Promise<RankerResult[]> {
  const rows = await answer.answering.run.explain(request, answer.left());
  answer.stages.end("explain");
  const logits = Float32Array.from(rows, ({ logit }) => logit);
  return rankedRows(logits).map((row) => {
    const { explanation, reason } = rows[row]!;
    return { ...answer.result(candidates[row]!, logits[row]!), reason, explanation };
  });
}

interface PersonNow {
  history: readonly HistoryStep[];
  time: number;
  counters: Counters | undefined;
}

/** One question on its way to its answer. */
class Answer {
  readonly stages: Stages;
  readonly warnings = new Set<string>();
  readonly answering: Answering;
  readonly #question: Person & { candidates?: readonly string[] };
  readonly #options: AskOptions;

  constructor(question: Person & { candidates?: readonly string[] }, options: AskOptions, answering: Answering) {
    this.#question = question;
    this.#options = options;
    this.answering = answering;
    this.stages = new Stages(answering.observer, options.deadline ?? DEADLINE);
  }

  async person(): Promise<PersonNow> {
    const { user, history } = this.#question;
    const { run, state, clock } = this.answering;
    const asked = user !== undefined && history === undefined ? user : null;
    const stored =
      asked === null
        ? null
        : await state.read((store) => store.user(asked), { without: null, warnings: this.warnings });
    return personState(this.#question, { stored, catalogue: run.catalogue, clock });
  }

  /** What has been counted of items since the log of the run. */
  counted(items: readonly string[]): Promise<(Counters | null)[]> {
    const { run, state } = this.answering;
    if (run.catalogue.statistics.item.length === 0) return Promise.resolve([]);
    return state.read((store) => store.itemCounters(items), { without: [], warnings: this.warnings });
  }

  request(
    { history, time, counters }: PersonNow,
    { candidates, counted }: { candidates: readonly string[]; counted: readonly (Counters | null)[] },
  ): IndexedRequest {
    const { user, context } = this.#question;
    const { catalogue, ids } = this.answering.run;
    return indexRequest(
      {
        ...(user !== undefined && { user }),
        ...(context && { context }),
        history,
        time,
        candidates,
        ...(counters && { statistics: { user: counters } }),
      },
      { catalogue, ids, counted },
    );
  }

  left(): PoolAskOptions {
    return { ...this.#options, deadline: this.stages.left, began: () => this.stages.end("queue") };
  }

  result(item: string, logit: number): RankerResult {
    const title = this.answering.run.titleOf(item);
    return { item, probability: probabilityOf(logit), logit, title, source: "request", reason: null };
  }

  with(results: RankerResult[]): RankerAnswer {
    const { name, manifest, ids } = this.answering.run;
    const { candidates = [], history = [] } = this.#question;
    const named = [...candidates, ...history.map(({ item }) => item)];
    return {
      results,
      unknown: [...new Set(named.filter((id) => ids.items.indexOf(id) === UNKNOWN_INDEX))],
      warnings: [...this.warnings],
      model: { run: name, name: manifest.model, created: manifest.created },
      spent: this.stages.done(),
    };
  }
}

function historyIndices(history: readonly HistoryStep[], { ids }: ServedRun): HistoryIndices {
  const last = history.slice(-STEPS);
  return {
    items: Int32Array.from(last, ({ item }) => ids.items.indexOf(item)),
    labels: last.map(({ label }) => label ?? null),
  };
}

/** Indices of the ids that a condition on `id` names; what is wrong with the condition is said where it is read. */
function idsOfFilters(condition: unknown, { ids }: ServedRun): Map<string, number> {
  const named = typeof condition === "object" && condition !== null && "not" in condition ? condition.not : condition;
  const all: unknown[] = Array.isArray(named) ? named : [named];
  return new Map(all.map((id) => [String(id), ids.items.indexOf(String(id))]));
}
