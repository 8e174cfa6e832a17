import t from 'tap'
import { joseRows } from './refusals/jose.ts'
import { testRows } from './refusals/run.ts'

testRows(t, joseRows)
