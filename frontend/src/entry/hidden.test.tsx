import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { MemoryRouter } from 'react-router'
import { expect, it } from 'vitest'
import type { Decision, EntryView, Evidence } from '../api/model'
import { Document } from './Document'
import { EvidenceList } from './EvidenceList'
import { Decisions } from './History'

it('shows a field that the reader may not read as hidden, and not as empty', () => {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <MemoryRouter>
        <Document
          schema={{
            type: 'object',
            properties: {
              treatment: { type: 'string', title: '处置' },
              rest_days: { type: 'integer', title: '休息天数' },
              isolation: { type: 'string', title: '隔离' },
            },
          }}
          layout={{
            sections: [
              {
                id: 'finding',
                title: { zh: '诊断与处置', en: 'Diagnosis' },
                fields: ['treatment', 'rest_days', 'isolation'],
              },
            ],
          }}
          doc={{ rest_days: 3 }}
          hidden={['/treatment']}
        />
      </MemoryRouter>
    </QueryClientProvider>,
  )
  expect(screen.getByText('处置').nextElementSibling?.textContent).toBe('仅专业人员可见')
  expect(screen.getByText('休息天数').nextElementSibling?.textContent).toBe('3')
  expect(screen.queryByText('隔离')).toBeNull()
})

it('offers neither a look at a hidden file nor the file', () => {
  const file = { id: '1', name: '仅专业人员可见', hidden: true } as Evidence
  render(<EvidenceList entry={{ prison: 'p', id: 'e' }} files={[file]} />)
  expect(screen.getByText('仅专业人员可见')).toBeDefined()
  expect(screen.queryByRole('button')).toBeNull()
  expect(screen.queryByRole('link')).toBeNull()
})

it('says of whom the words about the entry are, where the reader reads a part', () => {
  const decision = { id: '1', revision: 1, verdict: 'approve', role: 'dept_head', remarks: [] }
  const view = (hushed: boolean) =>
    ({
      decisions: [{ ...decision, comment: '', decided_by_name: '李四' } as unknown as Decision],
      voids: [],
      signers: [],
      hushed,
    }) as unknown as EntryView
  const { rerender } = render(<Decisions view={view(true)} schema={{ type: 'object' }} />)
  expect(screen.getByText(/仅专业人员可见/)).toBeDefined()
  rerender(<Decisions view={view(false)} schema={{ type: 'object' }} />)
  expect(screen.queryByText(/仅专业人员可见/)).toBeNull()
})
