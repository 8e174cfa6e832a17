import t from 'tap'
import { credentialRows } from './refusals/credentials.ts'
import { testRows } from './refusals/run.ts'

testRows(t, credentialRows)
