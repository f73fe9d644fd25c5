export { checkVectors, hasVectorFile, readVectorFile, type VectorTable } from "./vectors.js";
