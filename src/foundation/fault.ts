// A fault is the world misbehaving: a store away, a disk full, a provider answering nonsense.
// One class; callers branch on `code`, never on the message. Messages are for people reading logs.

export type FaultOptions = {
  retryable?: boolean;
  cause?: unknown;
  detail?: Record<string, unknown>;
};

export class Fault extends Error {
  override readonly name = "Fault";
  readonly code: string;
  /** True when the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean;
  readonly detail: Record<string, unknown>;

  /** @param code stable, kebab-case, documented in docs/faults.md when it can reach a client. */
  constructor(code: string, message: string, options: FaultOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.detail = options.detail ?? {};
  }
}

export function isFault(error: unknown, code?: string): error is Fault {
  return error instanceof Fault && (code === undefined || error.code === code);
}
