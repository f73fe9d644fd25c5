import type { Event } from "../../../contract.js";
import type { Handlers } from "../define-routes.js";
import { HttpProblem } from "../http-problem.js";
import type { Served } from "../served.js";

/** Events, and what is stored of people. */
export function peopleRoutes({ served }: { served: Served }): Handlers<"append" | "users" | "user" | "forget"> {
  return {
    async append({ body: { events } }) {
      const { ranker } = served;
      const positions = ranker.model().clock === "order";
      const now = Date.now() / 1000;
      const stored = events.map((event, index): Event => {
        if (event.time === undefined && positions) throw noPosition(index);
        return { ...event, time: event.time ?? now, label: event.label ?? 1 };
      });
      await ranker.append(stored);
      return { stored: stored.length };
    },
    users: async ({ query }) => ({ users: await served.ranker.users(query) }),
    async user({ params: { id } }) {
      const found = await served.ranker.user(id);
      if (found === null) throw new HttpProblem("NOT_FOUND", `Nothing is stored of a person ${JSON.stringify(id)}`);
      return found;
    },
    forget: async ({ params: { id } }) => ({ forgotten: await served.ranker.forget(id) }),
  };
}

function noPosition(index: number): HttpProblem {
  const where = `events[${index}].time`;
  const problem = "no time";
  const expected = "a position: the run counts positions, not seconds";
  return new HttpProblem("REQUEST", `${where}: ${problem}: expected ${expected}`, [{ where, problem, expected }]);
}
