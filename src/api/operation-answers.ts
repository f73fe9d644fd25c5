import type { CatalogueItem, FoundItems, ModelSummary, PutSummary, RankerAnswer, UserHistory } from "./contract.js";
import type { ModelComparison, ModelEvaluation, ModelTraining } from "./training-contract.js";

/** Bytes with their type, such as those of a picture. */
export interface Bytes {
  bytes: Uint8Array;
  type: string;
}

/** What a server can do at this moment. */
export interface Ready {
  ready: true;
  store: "answers" | "does not answer";
  workers: { wanted: number; ready: number; restarts: number };
  queue: { waiting: number; most: number };
}

/** What each operation answers. */
export interface OperationAnswers {
  rank: RankerAnswer;
  recommend: RankerAnswer;
  explain: RankerAnswer;
  append: { stored: number };
  users: { users: string[] };
  user: UserHistory;
  forget: { forgotten: number };
  items: FoundItems;
  item: CatalogueItem;
  putItem: PutSummary;
  picture: Bytes;
  neighbours: { neighbours: { item: CatalogueItem; cosine: number }[] };
  model: ModelSummary;
  swap: ModelSummary;
  training: ModelTraining;
  evaluation: ModelEvaluation;
  comparison: ModelComparison;
  bundle: Bytes;
  signIn: { signedIn: boolean };
  signOut: { signedIn: boolean };
  alive: { alive: true };
  ready: Ready;
  metrics: string;
  openapi: Readonly<Record<string, unknown>>;
}
