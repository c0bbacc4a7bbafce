import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["source", "node"] },
  ssr: { resolve: { conditions: ["source", "node"] } },
  test: {
    include: ["src/**/*.test.ts", "cli/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000, // a browser and four reports opened beside another worker
    maxWorkers: 2,
    env: { GOLGI_STATE: "" }, // tests leave no trace in anybody's log of opened test rows
    allowOnly: false, // the lint rule for it takes our `fit` for a focused test
  },
});
