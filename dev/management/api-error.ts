/** A refusal, in the form of the Management API. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string

  constructor (status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }

  /** The body of the answer. */
  toJSON (): object {
    return { statusCode: this.status, error: NAMES[this.status], message: this.message, errorCode: this.code }
  }
}

const NAMES: Readonly<Record<number, string>> = { 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 409: 'Conflict', 429: 'Too Many Requests' }
