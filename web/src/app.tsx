import { lazy, Suspense, useEffect, useState } from "react";
import type { Page } from "./address/address.js";
import { ActionsContext, AddressContext } from "./address/address-context.js";
import { useAddress } from "./address/use-address.js";
import { PageBoundary } from "./parts/page-boundary.js";
import { SignIn } from "./parts/sign-in.js";
import { Problem, Skeleton } from "./parts/states.js";
import { ModelContext } from "./server/model-context.js";
import { isStarting, server, whenKeyless } from "./server/server.js";
import { useAnswer } from "./server/use-answer.js";
import { Shell } from "./shell.js";

const PAGES: Record<Page, React.ComponentType> = {
  shop: lazy(() => import("./shop/shop-page.js")),
  why: lazy(() => import("./why/why-page.js")),
  model: lazy(() => import("./model/model-page.js")),
  items: lazy(() => import("./items/items-page.js")),
  training: lazy(() => import("./training/training-page.js")),
  device: lazy(() => import("./device/device-page.js")),
};

const NAMES: Record<Page, string> = {
  shop: "Shop window",
  why: "Why",
  model: "Model",
  items: "Items",
  training: "Training",
  device: "In this browser",
};

/** The app: asks what is served, then shows the page that the address names. */
export function App() {
  const { state, actions } = useAddress();
  const { page } = state.address;
  const start = useAnswer("start", server.start);
  useEffect(() => {
    document.title = `${NAMES[page]} · mmdin`;
  }, [page]);
  const starting = start.error !== null && isStarting(start.error);
  const { again } = start;
  const [keyless, setKeyless] = useState(false);
  useEffect(() => whenKeyless(() => setKeyless(true)), []);
  const signedIn = (): void => {
    setKeyless(false);
    again();
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: each answer starts the next look
  useEffect(() => {
    if (!starting) return;
    const timer = setTimeout(again, 700);
    return () => clearTimeout(timer);
  }, [starting, start.error, again]);
  const model = start.value?.model ?? null;
  const shown = start.value !== null && model === null ? "training" : page;
  const Shown = PAGES[shown];
  return (
    <ActionsContext value={actions}>
      <AddressContext value={state}>
        <Shell names={NAMES} page={shown} model={model}>
          {starting && (
            <p role="status" className="quiet">
              The server loads the model.
            </p>
          )}
          {keyless && <SignIn done={signedIn} />}
          {start.error !== null && !starting && !keyless && (
            <Problem error={start.error} again={start.again} title="The app has no server" />
          )}
          {!keyless && (starting || start.error === null) && start.value === null && <Skeleton height="70vh" />}
          {!keyless && start.value !== null && (
            <ModelContext value={model}>
              <PageBoundary page={shown}>
                <Suspense fallback={<Skeleton height="70vh" />}>
                  <Shown />
                </Suspense>
              </PageBoundary>
            </ModelContext>
          )}
        </Shell>
      </AddressContext>
    </ActionsContext>
  );
}
