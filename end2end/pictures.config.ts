// `npm run pictures -- <address of a demo> <folder>`: pictures of the main pages, at the width of a desk and of a phone.
import { defineConfig } from "@playwright/test";
import { browser } from "./support/browser.ts";

export default defineConfig({
  testMatch: "pictures.ts",
  outputDir: "results/pictures",
  workers: 2,
  fullyParallel: true,
  reporter: [["list"]],
  use: { ...browser, baseURL: process.env.PICTURES_OF },
});
