import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type AppPage,
  axeProblems,
  openApp,
  overflow,
  screenshot,
  served,
  settled,
  withoutBrowser,
} from "./app-page.js";

/** Every page, and every state that can be looked at without doing something: name, and where it is. */
const STATES: Record<string, () => string> = {
  "shop-empty": () => "",
  "shop-history": () => `#/?${history}`,
  "shop-filters": () => `#/?f=${encodeURIComponent('{"category":"c01","price":{"max":30}}')}`,
  "shop-nothing-fits": () => "#/?q=zzzz",
  "why-choice": () => `#/why?${history}`,
  "why-one": () => `#/why?${history}&c=i030`,
  "why-two": () => `#/why?${history}&c=i030,i031`,
  "why-without-history": () => "#/why?c=i030",
  "why-unknown": () => `#/why?${history}&c=none`,
  model: () => "#/model",
  "items-add": () => "#/items",
  "items-one": () => "#/items/i030",
  "items-unknown": () => "#/items/none",
  training: () => "#/training",
  device: () => "#/device",
};
/** What a browser says of an answer 404, which the page shows. */
const EXPECTED: Record<string, RegExp> = { "items-unknown": /^404: .v1.items.none/, training: /^404: .v1.training$/ };

let history = "";
beforeAll(async () => {
  if (withoutBrowser) return;
  const { url } = served();
  const { users } = (await (await fetch(`${url}/v1/users?limit=1`)).json()) as { users: string[] };
  const known = (await (await fetch(`${url}/v1/users/${users[0]}/history`)).json()) as {
    history: { item: string; time: number; label: 0 | 1; features: { clicked: string } }[];
  };
  const steps = known.history
    .slice(-12)
    .map(
      ({ item, time, label, features }) =>
        `${label ? "+" : "-"}${item}~${time.toString(36)}~clicked=${features.clicked}`,
    );
  history = `u=${users[0]}&h=${steps.join(",")}`;
  await fetch(`${url}/v1/model/evaluation`); // is measured while the first pages are looked at
});

/** One page for many states: what it shows is in the address, so it can go from one to the next. */
async function shown(app: AppPage, state: string): Promise<string[]> {
  app.complaints.length = 0;
  await app.page.evaluate(`location.hash = ${JSON.stringify(STATES[state]!() || "#/")}`);
  await app.page.waitForTimeout(50);
  await settled(app.page);
  if (state === "model") await app.page.locator(".indicators").waitFor();
  return app.complaints;
}

describe.skipIf(withoutBrowser).each(["light", "dark"] as const)("in the %s theme", (theme) => {
  describe.each([360, 1600])("%i pixels wide", (width) => {
    let app: AppPage;
    beforeAll(async () => {
      app = await openApp("", { width, theme, lasts: true });
    });
    afterAll(() => app.close());

    test.each(Object.keys(STATES))(
      "%s: nothing sticks out, axe finds nothing serious, nothing leaves the server",
      async (state) => {
        const complaints = await shown(app, state);
        await screenshot(app.page, `${state}-${width}-${theme}`);
        expect(await overflow(app.page)).toBeLessThanOrEqual(0);
        expect(await axeProblems(app.page)).toEqual([]);
        expect(complaints.filter((text) => !EXPECTED[state]?.test(text))).toEqual([]);
      },
    );
  });
});

describe.skipIf(withoutBrowser)("zoomed to 200 % on a screen of 1280 pixels", () => {
  test("every page fits", async () => {
    const app = await openApp("", { width: 640, height: 360 });
    for (const state of ["shop-history", "why-two", "model", "items-one", "items-add"]) {
      expect(await shown(app, state)).toEqual([]);
      await screenshot(app.page, `${state}-zoomed`);
      expect(await overflow(app.page), state).toBeLessThanOrEqual(0);
    }
  });
});
