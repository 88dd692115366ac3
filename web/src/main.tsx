import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { App } from "./app.tsx"
import { applyTheme } from "./theme.ts"
import "./styles/theme.css"
import "./styles/layout.css"
import "./styles/parts.css"
import "./styles/evidence.css"

applyTheme()
createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
