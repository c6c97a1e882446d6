import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

// Components are compiled for the server and rendered to strings, so that the tests need no browser.
export default defineConfig({
  plugins: [svelte({ compilerOptions: { runes: true } })],
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
