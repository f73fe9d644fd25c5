import { MmdinError } from "../../errors.js";
import { decodePicture } from "../decode-picture.js";
import { isUnreadable, type Unreadable } from "../encoder.js";
import { type Transformers, transformers } from "./transformers.js";

/** A picture as a model takes it. */
export interface PixelValues {
  /** (channels, height, width) */
  dims: readonly number[];
  data: Float32Array;
}

type Processor = Awaited<ReturnType<typeof Transformers.AutoImageProcessor.from_pretrained>>;

/** Models bring the shorter side to their size and cut the middle out: a long strip would be blown up to gigabytes. */
const LONGEST_STRIP = 32;

/** Prepares pictures as a model's preprocessor_config.json says: resized, cut, scaled to its mean and deviation. */
export class PictureInput {
  readonly #processor: Processor;
  readonly #RawImage: typeof Transformers.RawImage;
  readonly #where: string;

  private constructor(
    processor: Processor,
    { RawImage, where }: { RawImage: typeof Transformers.RawImage; where: string },
  ) {
    this.#processor = processor;
    this.#RawImage = RawImage;
    this.#where = where;
  }

  static async open(folder: string, { where }: { where: string }): Promise<PictureInput> {
    const { AutoImageProcessor, RawImage } = await transformers({ where });
    const processor = await AutoImageProcessor.from_pretrained(folder, { local_files_only: true });
    return new PictureInput(processor, { RawImage, where: `${where}: ${folder}` });
  }

  async read(bytes: Uint8Array): Promise<PixelValues | Unreadable> {
    const picture = await decodePicture(bytes);
    if (isUnreadable(picture)) return picture;
    const { data, width, height } = picture;
    if (Math.max(width, height) > LONGEST_STRIP * Math.min(width, height))
      return { unreadable: `a strip: one side is more than ${LONGEST_STRIP} times the other` };
    try {
      const { pixel_values } = await this.#processor._call(new this.#RawImage(data, width, height, 3));
      return { dims: pixel_values.dims.slice(1), data: Float32Array.from(pixel_values.data) };
    } catch (cause) {
      // The picture is whole: what fails is what preprocessor_config.json asks for, and would fail for every picture.
      const got = String(cause instanceof Error ? cause.message : cause);
      throw new MmdinError("DATA", "the model's preprocessor fails", { where: this.#where, got, cause });
    }
  }
}
