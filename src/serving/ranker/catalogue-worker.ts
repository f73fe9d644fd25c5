import { parentPort, workerData } from "node:worker_threads";
import { packError } from "../../runtime/job.js";
import type { DeskCall, DeskReply } from "./catalogue-calls.js";
import { CatalogueDesk, type DeskSetup } from "./catalogue-desk.js";
import type { ThreadEnd } from "./end-thread.js";

/** A catalogue desk in a thread of its own. */
const port = parentPort!;
const desk = new CatalogueDesk(workerData as DeskSetup);
const post = (reply: DeskReply): void => port.postMessage(reply);

/** What is being done. */
const doing = new Set<Promise<void>>();

port.on("message", (message: DeskCall | ThreadEnd) => {
  if ("end" in message) return void Promise.allSettled(doing).then(() => process.exit());
  const done = answer(message);
  doing.add(done);
  void done.finally(() => doing.delete(done));
});

async function answer(call: DeskCall): Promise<void> {
  const { id } = call;
  try {
    post({ id, answer: await act(call) });
  } catch (error) {
    post({ id, error: packError(error) });
  }
}

function act(call: DeskCall): unknown {
  switch (call.method) {
    case "warm":
      return desk.warm();
    case "encode":
      return desk.encode(...call.arguments);
    case "join":
      return desk.join(...call.arguments);
    case "drop":
      return desk.drop(...call.arguments);
    case "find":
      return desk.find(...call.arguments);
    case "observe":
      return desk.observe(...call.arguments);
    case "near":
      return desk.near(...call.arguments);
    case "users":
      return desk.users(...call.arguments);
  }
}
