export { run, serve } from "./run"
