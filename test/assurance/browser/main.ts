import { createSteps } from '../../support/steps.ts'
import { startBrowser } from './browser.ts'
import { startDevelopment } from './development.ts'
import { loginSteps } from './login.ts'
import { pageSteps } from './page.ts'
import { signInSteps } from './sign-in.ts'
import { verdictSteps } from './verdicts.ts'

// `npm run test:browser`: logins of clients in Chromium, the page for people, and its sign-in.

const steps = createSteps()
try {
  const open = await startBrowser(steps)
  await loginSteps(steps, open)
  await pageSteps(steps, open)
  const development = await startDevelopment(steps)
  await signInSteps(steps, open, development)
  await verdictSteps(steps, open, development)
} catch (error) {
  await steps.step('the browser and the servers start', () => Promise.reject(error))
}
await steps.end()
