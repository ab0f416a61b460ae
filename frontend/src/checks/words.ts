import type { CheckKind, Drawing, OnRoute, Rectification, WholeCheck } from '../api/checks'

export const kinds: CheckKind[] = [
  'baseline',
  'onsite',
  'lookback',
  'recheck',
  'joint',
  'mock',
  'self_check',
  'other',
]
export const severities = ['low', 'moderate', 'high'] as const
export const scopes = ['limited', 'pattern', 'widespread'] as const
export const sources = ['seen', 'told', 'written', 'filmed', 'tested'] as const
export const videos = ['match', 'mismatch', 'no_video'] as const
export const lotKinds = ['prisoners', 'officers', 'slots'] as const

/** What the server takes of a measured number: not negative, at most four decimals. */
export const decimal = '[0-9]{1,6}([.][0-9]{1,4})?'

export const methods = ['onsite', 'video', 'quiz', 'reading'] as const

/** The colours of what was said of a line. */
export const lookTones: Record<NonNullable<OnRoute['state']> | 'open', string> = {
  open: 'draft',
  met: 'approved',
  not_seen: 'warning',
  not_applicable: 'excused',
  finding: 'overdue',
}

/** What may become of an item that was drawn. */
export const marksOf = (kind: Drawing['kind']) => marks[kind]

const marks = {
  prisoners: ['right', 'wrong'],
  officers: ['right', 'wrong'],
  slots: videos,
  lines: [], // they have values
} as const satisfies Record<Drawing['kind'], readonly string[]>

/** The colours of states, by the names that entries have theirs. */
export const tones: Record<WholeCheck['state'], string> = {
  open: 'submitted',
  confirmed: 'warning',
  closed: 'approved',
  cancelled: 'voided',
}

export const itemTones: Record<Rectification['state'], string> = {
  open: 'overdue',
  done: 'submitted',
  verified: 'approved',
  annulled: 'voided',
}
