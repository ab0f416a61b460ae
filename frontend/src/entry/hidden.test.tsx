import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { MemoryRouter } from 'react-router'
import { expect, it } from 'vitest'
import type { Evidence } from '../api/model'
import { Document } from './Document'
import { EvidenceList } from './EvidenceList'

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
