/** The environment, with what a `.env` file in the working directory adds to it. */
export function loadEnv (): NodeJS.ProcessEnv {
  try {
    process.loadEnvFile()
  } catch {
    // There is none.
  }
  return process.env
}

/** Where the development issuer listens: next to the server. */
export function issuerPort ({ PORT = '' }: NodeJS.ProcessEnv): number {
  return (Number(PORT) || 3000) + 1
}
