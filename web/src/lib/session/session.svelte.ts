// Who is signed in, and which servers they may manage.
import { api, ask, type Schemas } from "$lib/api/client";
import { Problem } from "$lib/api/problem";

class Session {
  me = $state.raw<Schemas["Me"]>();
  instance = $state.raw<Schemas["Instance"]>();
  // state: signed out is not a failure; failed is.
  state = $state<"asking" | "in" | "out" | "failed">("asking");
  failure = $state.raw<unknown>();

  async load(): Promise<void> {
    this.state = "asking";
    try {
      [this.instance, this.me] = await Promise.all([ask(api.GET("/api/v1/instance")), ask(api.GET("/api/v1/me"))]);
      this.state = "in";
    } catch (error) {
      const out = error instanceof Problem && error.status === 401;
      if (out) this.instance = await ask(api.GET("/api/v1/instance")).catch(() => undefined);
      this.failure = error;
      this.state = out ? "out" : "failed";
    }
  }

  // signIn leaves for Discord and comes back to where one is.
  signIn(): void {
    location.assign(`${this.instance?.sign_in_url ?? "/auth/sign-in"}?return=${encodeURIComponent(location.pathname + location.search)}`);
  }

  async signOut(everywhere = false): Promise<void> {
    await ask(everywhere ? api.POST("/auth/sign-out-everywhere") : api.POST("/auth/sign-out"));
    this.me = undefined;
    this.state = "out";
  }
}

export const session = new Session();
