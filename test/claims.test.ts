import t from 'tap'
import { bindingRows, claimRows } from './refusals/claims.ts'
import { testRows } from './refusals/run.ts'

testRows(t, [...claimRows, ...bindingRows])
