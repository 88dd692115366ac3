export { openDatabase } from "../../../src/store/open.ts"
