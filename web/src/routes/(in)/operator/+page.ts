import { redirect } from "@sveltejs/kit";

// What an operator does first: look at what waits.
export const load = () => redirect(307, "/operator/reviews");
