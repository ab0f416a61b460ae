import type { ComponentType } from 'react'
import type { Schema } from '../../schema/types'
import { ChecksControl, ChoiceControl, ConfirmControl } from './choice'
import { EvidenceControl } from './evidence'
import { LookupControl, TagsControl } from './list'
import { DateControl, NumberControl, TextControl } from './text'
import type { ControlProps } from './types'

/** Which control fills this node; arrays of objects and objects are drawn by Field itself. */
export function controlFor(node: Schema): ComponentType<ControlProps> {
  const widget = node['x-ui']?.widget
  if (widget === 'evidence') return EvidenceControl
  if (node.type === 'array')
    return widget === 'checks' || node.items?.oneOf ? ChecksControl : TagsControl
  if (widget === 'lookup') return LookupControl
  if (node.const === true) return ConfirmControl
  if (node.oneOf || node.type === 'boolean') return ChoiceControl
  if (node.format === 'date' || node.format === 'date-time' || widget === 'month')
    return DateControl
  if (node.type === 'integer' || node.type === 'number') return NumberControl
  return TextControl
}

/** Controls that are several inputs at once: named by their group, not by a label element. */
export function isGroup(node: Schema): boolean {
  const widget = node['x-ui']?.widget
  if (node.type === 'array') return widget === 'checks' || Boolean(node.items?.oneOf)
  return (
    (node.type === 'boolean' && node.const !== true) || (Boolean(node.oneOf) && widget === 'radio')
  )
}
