import type zh from './readiness.zh.json'

type Readiness = typeof zh

declare module './texts' {
  interface Texts extends Readiness {}
}
