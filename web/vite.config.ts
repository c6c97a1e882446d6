import { sveltekit } from "@sveltejs/kit/vite";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vitest/config";

// USHER is the address of the running program to develop against.
const usher = process.env.USHER ?? "http://127.0.0.1:4401";

export default defineConfig({
  plugins: [tailwindcss(), sveltekit()],
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { host: "127.0.0.1", proxy: Object.fromEntries(["/api", "/auth", "/logos"].map((path) => [path, usher])) },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
