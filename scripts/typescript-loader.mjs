// Lets Node run the TypeScript sources, in the main thread and in every worker (a worker inherits --import).
import { register } from "tsx/esm/api";

register();
