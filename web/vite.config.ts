import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** The app speaks English: what React Aria says to screen readers in 33 other languages stays out (about 30 KB gzip). */
const englishOnly: Plugin = {
  name: "english-only",
  enforce: "pre",
  load(id) {
    const language =
      /\/(?:react-aria|react-stately|react-aria-components)\/dist\/.*\/intl\/(?:.*\/)?([a-z]{2}-[A-Z]{2})\.mjs$/.exec(
        id,
      )?.[1];
    return language === undefined || language === "en-US" ? undefined : "export default {};";
  },
};

export default defineConfig({
  root: path("."),
  // The app lies wherever its server puts it: every path is relative.
  base: "./",
  plugins: [englishOnly],
  worker: { format: "es" },
  build: {
    outDir: path("../dist/web"),
    emptyOutDir: true,
    manifest: true,
    target: "es2023",
    // No inline pieces of any kind: the content security policy allows none.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { checks: { pluginTimings: false } },
    chunkSizeWarningLimit: 700,
  },
  logLevel: "warn",
});
