import { readFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";
import { expect, it } from "vitest";

it("is made of the committed description of the API: `npm run schema --workspace web` makes it again", async () => {
  const description = new URL("../../../../docs/api/openapi.json", import.meta.url);
  const made = astToString(await openapiTS(description, { alphabetize: true }));
  const kept = await readFile(new URL("schema.d.ts", import.meta.url), "utf8");
  expect(kept.slice(kept.indexOf("export interface paths"))).toBe(made.slice(made.indexOf("export interface paths")));
}, 60_000);
