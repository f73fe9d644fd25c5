import { defineConfig } from "vitest/config";

// Worker threads are started from the TypeScript sources in tests, so the test processes carry the tsx loader.
export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    execArgv: ["--import", "tsx"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
