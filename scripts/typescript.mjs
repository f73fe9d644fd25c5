// `node --import ./scripts/typescript.mjs FILE.ts` runs TypeScript, in worker threads too: Node runs an --import again in
// every worker, where tsx's own entry stays silent.
import { register } from "tsx/esm/api";

register();
