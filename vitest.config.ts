import { defineConfig } from "vitest/config";

// Worker threads are started from the TypeScript sources in tests, so the test processes carry a loader for them.
const report = process.env.MMDIN_TEST_REPORT;

export default defineConfig({
  test: {
    reporters: report ? ["default", ["json", { outputFile: report }]] : ["default"],
    projects: [
      {
        extends: true,
        test: {
          name: "library",
          include: ["src/**/*.test.ts", "test/**/*.test.ts", "web/src/**/*.test.ts"],
          exclude: ["test/web/**", "**/node_modules/**"],
          globalSetup: "test/library-setup.ts",
        },
      },
      {
        // One shop, one build of the app and one browser for all of them, made by the setup.
        extends: true,
        test: { name: "app", include: ["test/web/**/*.test.ts"], globalSetup: "test/web/global-setup.ts" },
      },
    ],
    pool: "forks",
    maxWorkers: 2,
    execArgv: ["--import", "./scripts/typescript.mjs"],
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
