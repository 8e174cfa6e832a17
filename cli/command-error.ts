/**
 * Tells the user of a command why it failed. After wrong use, it also says where the options are listed.
 * @param script the script in package.json
 * @returns the exit code: 2 for wrong use, 1 for anything else
 */
export function tellError (error: unknown, script: string): 1 | 2 {
  const { message, code } = error as NodeJS.ErrnoException
  if (code?.startsWith('ERR_PARSE_ARGS') !== true) {
    console.error(message)
    return 1
  }
  // Node adds how to write a positional argument that looks like an option, which nobody meant.
  console.error(`${message.replace(/ To specify a positional argument starting with.*/s, '')}\nAll options: npm run ${script} -- --help`)
  return 2
}
