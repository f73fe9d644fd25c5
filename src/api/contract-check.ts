import type { z } from "zod";
import type { Event } from "../contract.js";
import type * as answers from "./answer-schemas.js";
import type * as contract from "./contract.js";
import type * as items from "./item-schemas.js";
import type { Problem, problemSchema } from "./problem.js";
import type * as queries from "./query-schemas.js";
import type * as questions from "./question-schemas.js";
import type * as training from "./training-contract.js";
import type * as trainings from "./training-schemas.js";

/**
 * The schemas give exactly the types of contract.ts, `readonly` aside: a field that one has and the other has not, or that is optional in
 * one alone, does not compile.
 */
export type ContractChecked = [
  True<Same<typeof questions.rankQuestionSchema, Asked<contract.RankQuestion>>>,
  True<Same<typeof questions.recommendQuestionSchema, Asked<contract.RecommendQuestion>>>,
  True<Same<typeof questions.filtersSchema, contract.Filters>>,
  True<Same<typeof questions.conditionSchema, contract.Condition>>,
  True<Same<typeof questions.newEventsSchema, { events: (Omit<Event, "time" | "label"> & Partial<Event>)[] }>>,
  True<Same<typeof answers.rankerAnswerSchema, contract.RankerAnswer>>,
  True<Same<typeof answers.userHistorySchema, contract.UserHistory>>,
  True<Same<typeof answers.modelSummarySchema, contract.ModelSummary>>,
  True<Same<typeof items.catalogueItemSchema, contract.CatalogueItem>>,
  True<Same<typeof items.foundItemsSchema, contract.FoundItems>>,
  True<Same<typeof items.putSummarySchema, contract.PutSummary>>,
  True<
    Same<typeof items.putItemSchema, Omit<contract.NewItem, "id" | "pictures"> & { pictures?: Record<string, string> }>
  >,
  True<Same<typeof queries.itemsQuerySchema, contract.FindItems>>,
  True<Same<typeof problemSchema, Problem>>,
  True<Same<typeof trainings.modelTrainingSchema, training.ModelTraining>>,
  True<Same<typeof trainings.modelEvaluationSchema, training.ModelEvaluation>>,
  True<Same<typeof trainings.modelComparisonSchema, training.ModelComparison>>,
];

/** What a question over HTTP has beside what a ranker is asked. */
export type Asked<T> = T & { deadline?: number };

type True<T extends true> = T;
/** True only where what comes out of the schema is the type itself: the compiler compares two conditional types by identity. */
type Same<S extends z.ZodType, T> =
  (<X>() => X extends Plain<z.output<S>> ? 1 : 2) extends <X>() => X extends Plain<T> ? 1 : 2 ? true : false;
/** A type without its `readonly`s, intersections joined. */
type Plain<T> = T extends readonly (infer E)[]
  ? Plain<E>[]
  : T extends object
    ? { -readonly [K in keyof T]: Plain<T[K]> }
    : T;
