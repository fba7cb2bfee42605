// Every journey runs twice: in a browser with scripts and in one without. Both must come to the same end.
import { defineConfig } from "@playwright/test";
import { browser } from "./support/browser.ts";

export default defineConfig({
  testDir: "journeys",
  outputDir: "results",
  globalSetup: "./support/server.ts",
  fullyParallel: true,
  workers: 2,
  // A test that passes only the second time is a defect, of the test or of the market.
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    ...browser,
    actionTimeout: 15_000,
    // What scrolls is there at once, so that it can be measured.
    contextOptions: { reducedMotion: "reduce" },
    viewport: { width: 1280, height: 900 },
    screenshot: "only-on-failure",
  },
  projects: [
    { name: "scripts", use: { javaScriptEnabled: true } },
    { name: "no-scripts", use: { javaScriptEnabled: false } },
  ],
});
