import type zh from './selfcheck.zh.json'

type SelfCheck = typeof zh

declare module './texts' {
  interface Texts extends SelfCheck {}
}
