/** One member of a problem document's errors. */
export interface FieldError {
  pointer: string
  code: string
  message: string
}

/** A problem document (RFC 9457) as an error; message is in the reader's language. */
export class ProblemError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly errors: FieldError[] = [],
    readonly requestId?: string,
    /** Every further member, such as the etag of a 412. */
    readonly members: Record<string, unknown> = {},
  ) {
    super(message)
    this.name = 'ProblemError'
  }
}

export function isProblem(error: unknown, code?: string): error is ProblemError {
  return error instanceof ProblemError && (code === undefined || error.code === code)
}
