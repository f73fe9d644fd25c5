import { type ReactNode, useEffect } from "react";
import { Button } from "react-aria-components";
import type { ModelSummary } from "../../src/api/contract.js";
import { PAGES, type Page } from "./address/address.js";
import { useApp } from "./address/address-context.js";
import { DeviceSwitch } from "./device/device-switch.js";
import { AppLink } from "./parts/app-link.js";
import { moment } from "./parts/format.js";
import { Icon } from "./parts/icon.js";
import { SignOut } from "./parts/sign-out.js";
import { ThemeButton } from "./parts/theme-button.js";

interface ShellProps {
  names: Record<Page, string>;
  page: Page;
  model: ModelSummary | null;
  children: ReactNode;
}

/** What is around every page: the ways to the others, undo and redo, what is served. */
export function Shell({ names, page, model, children }: ShellProps) {
  const { undo, redo } = useApp();
  useUndoKeys();
  // biome-ignore lint/correctness/useExhaustiveDependencies: on a narrow screen the ways to the pages scroll sideways
  useEffect(() => {
    document.querySelector(".nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [page, model]);
  return (
    <div className="shell">
      <Button className="skip button" onPress={() => document.getElementById("main")?.focus()}>
        To the page
      </Button>
      <header className="top">
        <AppLink to={{ page: "shop" }} className="brand" label="mmdin: shop window">
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="7" fill="var(--accent)" />
            <path
              d="M7 23V12l5 6 4-8 4 8 5-6v11"
              fill="none"
              stroke="var(--accent-ink)"
              strokeWidth="2.6"
              strokeLinejoin="round"
              strokeLinecap="round"
            />
          </svg>
          mmdin
        </AppLink>
        <nav className="nav" aria-label="Pages">
          {PAGES.filter((name) => model !== null || (name === page && name === "training")).map((name) => (
            <AppLink key={name} to={{ page: name, item: null }} current={name === page}>
              {names[name]}
            </AppLink>
          ))}
        </nav>
        {model !== null && (
          <div className="tools" role="toolbar" aria-label="History and display">
            <Button
              className="button icon-only"
              onPress={undo.run}
              isDisabled={!undo.can}
              aria-label="Undo"
              aria-keyshortcuts="Control+Z"
            >
              <Icon name="undo" />
            </Button>
            <Button
              className="button icon-only"
              onPress={redo.run}
              isDisabled={!redo.can}
              aria-label="Redo"
              aria-keyshortcuts="Control+Shift+Z"
            >
              <Icon name="redo" />
            </Button>
            <DeviceSwitch />
            <ThemeButton />
          </div>
        )}
      </header>
      <main id="main" className="page" tabIndex={-1}>
        {children}
      </main>
      {model !== null && (
        <footer className="foot">
          {model.name} on {model.dataset.name}, trained {moment(model.created)}. Everything on this page comes from this
          server.
          <SignOut />
        </footer>
      )}
    </div>
  );
}

/** Ctrl+Z and Ctrl+Shift+Z (or Ctrl+Y), except where a text is being written. */
function useUndoKeys(): void {
  const { undo, redo } = useApp();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      const target = event.target;
      if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) return;
      const key = event.key.toLowerCase();
      const isRedo = key === "y" || (key === "z" && event.shiftKey);
      if (key !== "z" && !isRedo) return;
      event.preventDefault();
      if (isRedo) redo.run();
      else undo.run();
    };
    // Before the lists hear it: they keep keys to themselves.
    addEventListener("keydown", onKey, true);
    return () => removeEventListener("keydown", onKey, true);
  }, [undo, redo]);
}
