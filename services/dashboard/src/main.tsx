import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { startSession } from '@/api/session'
import { App } from '@/app/app'
import { applyTheme } from '@/app/theme'
import '@/styles/font.css'
import '@/styles/tokens.css'
import '@/styles/base.css'
import '@/styles/parts.css'
import '@/styles/pages.css'

applyTheme()
void startSession()
const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
createRoot(root).render(<StrictMode><App /></StrictMode>)
