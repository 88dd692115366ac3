// A process that inserts rows until it is killed: `writer.ts URL HOLDER`. Prints the name of each that was acknowledged.
import { openDatabase } from "../../src/store/open.ts"

async function write(url: string, holder: string): Promise<void> {
  const database = await openDatabase(url)
  await database.lock("writer", holder)
  for (let i = 0; ; i++) {
    const name = `row ${i}`
    await database.transact([{ sql: "INSERT INTO things (name) VALUES (?)", values: [name] }])
    console.log(name)
  }
}

// The test runner imports every file of this folder; only a process of its own writes.
if (process.argv[1] === import.meta.filename) await write(process.argv[2], process.argv[3])
