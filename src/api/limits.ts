/** What one request may hold. Part of the contract: the same on every server. */
export const MOST = {
  /** Ids to rank, in one question. */
  candidates: 10_000,
  /** Steps of the history that a question carries. The model reads the last of them (`ModelSummary.historyLength`). */
  history: 10_000,
  /** Items that shall not be recommended. */
  exclude: 10_000,
  /** Recommended items. */
  results: 100,
  /** Results that say why. */
  explained: 20,
  /** Events of one call. */
  events: 1_000,
  /** Modalities that filters name, and values of one condition. */
  filters: 32,
  values: 1_000,
  /** Items of one page. */
  page: 200,
  /** People of one answer. */
  people: 200,
  /** Nearest items of one answer. */
  neighbours: 100,
  /** Milliseconds that an answer may be waited for. */
  deadline: 60_000,
  /** Pixels of a picture's width. */
  width: 512,
  /** Bytes of one picture that is put. */
  picture: 8 * 1024 * 1024,
  /** Levels of lists and maps inside of an item's record. */
  depth: 16,
} as const;
