/** Everything that encoding takes, native parts included: imported where something is encoded, not before. */
export { encodeContents } from "./encode-contents.js";
export { checkEncoder, encodedBy } from "./encoded-by.js";
export { EncodingCache } from "./encoding-cache.js";
export { openEncoder } from "./open-encoder.js";
export { readPictureFile } from "./picture-file.js";
