/** Where tensors are computed unless a caller brings a session of its own. */
import type { Session } from "../backends/backend.ts";
import { wasmSession } from "../backends/wasm/session.ts";

let session: Session | undefined;

/** The session that `read`, `data()` and `jit` share; made on first use. */
export const defaultSession = (): Session => {
  session ??= wasmSession();
  return session;
};
