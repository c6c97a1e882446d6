import { onPostgreSQL } from "../src/demo.mjs";

await onPostgreSQL("dashboard-forms.test.mjs");
