import { onPostgreSQL } from "../src/demo.mjs";

await onPostgreSQL("guide.test.mjs");
