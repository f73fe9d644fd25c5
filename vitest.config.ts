import { defineConfig } from "vitest/config";

// Worker threads are started from the TypeScript sources in tests, so the test processes carry a loader for them.
const report = process.env.MMDIN_TEST_REPORT;

export default defineConfig({
  test: {
    reporters: report ? ["default", ["json", { outputFile: report }]] : ["default"],
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "web/src/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    execArgv: ["--import", "./scripts/typescript.mjs"],
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
