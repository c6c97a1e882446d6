import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

// SANDBOX is the address of the running sandbox to develop against.
const sandbox = process.env.SANDBOX ?? "http://127.0.0.1:7700";
const proxied = ["/_sandbox", "/attachments", "/avatars", "/icons", "/emojis", "/cdn"];

export default defineConfig({
  base: "./",
  plugins: [svelte({ compilerOptions: { runes: true } })],
  build: { outDir: "build", emptyOutDir: true, target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { host: "127.0.0.1", proxy: Object.fromEntries(proxied.map((path) => [path, sandbox])) },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
