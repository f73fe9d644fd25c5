import type { Tensor } from "../data/safetensors.js";

/** What content alone determines of it, before anything is fitted: this is what the cache keeps. */
export type Features = Float32Array | Int32Array;

/** Says of a content that no vector can be made of it, and why, in a few words: "truncated", "a folder". */
export interface Unreadable {
  unreadable: string;
}

export function isUnreadable(value: object): value is Unreadable {
  return "unreadable" in value;
}

/** The numbers of a projection by name: what is saved with the dataset and the run. */
export type ProjectionState = ReadonlyMap<string, Tensor>;

/** What was fitted on the training slice: takes features to vectors. */
export interface Projection {
  /** Length of a vector. */
  readonly dimension: number;
  readonly state: ProjectionState;
  /** The vector of one item; unreadable where its features say nothing (a text without a known term). */
  project(features: Features): Float32Array | Unreadable;
}

interface EncoderOf<Kind extends "text" | "image", Content> {
  /** As dataset.yaml names it: "lsa", "pixels", "hf:Xenova/all-MiniLM-L6-v2". */
  readonly id: string;
  /** Changes whenever the same content would give other features. */
  readonly version: string;
  readonly kind: Kind;
  /** Length D of a vector; what is fitted on few items can be shorter. */
  readonly dimension: number;
  /** How many contents `encode` is given at once. Default 32. */
  readonly batchSize?: number;
  /** The features of each content, in order. Without `fit` they are the vectors: D finite numbers each. */
  encode(contents: readonly Content[]): Promise<readonly (Features | Unreadable)[]>;
  /** Fits a projection on the features of the items of the training slice, at least one. */
  fit?(features: readonly Features[]): Projection;
  /** The projection that `fit` once made. */
  restore?(state: ProjectionState): Projection;
  /** Frees what it holds; called once no more is asked of it. */
  close?(): Promise<void>;
}

/** Turns texts into vectors. A text is never empty; it can be of any length and language. */
export type TextEncoder = EncoderOf<"text", string>;

/** Turns pictures into vectors. A content is the bytes of a file: JPEG, PNG, WebP, GIF, AVIF or TIFF. */
export type ImageEncoder = EncoderOf<"image", Uint8Array>;

/**
 * Turns what an item is told or shown by into a frozen vector. Give your own to `prepare` and `addItems`; dataset.yaml
 * then names it by its id.
 *
 * @example
 * const shout: Encoder = {
 *   id: "shout", version: "1", kind: "text", dimension: 2,
 *   encode: async (texts) => texts.map((text) => Float32Array.of(text.length, text.split("!").length - 1)),
 * };
 * await prepare("dataset.yaml", { out: "data/shop", encoders: [shout] });
 */
export type Encoder = TextEncoder | ImageEncoder;

/** Who made the vectors of a modality: kept in the manifests of the dataset and of its runs. */
export interface EncodedBy {
  id: string;
  version: string;
  kind: "text" | "image";
  dimension: number;
  /** sha256 of what was fitted; of id and version where nothing was. */
  hash: string;
}
