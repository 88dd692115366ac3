// The typed clients of the contracts are generated as TypeScript that imports itself by the names of what a compiler would make
// of it: `index.js` is `index.ts` here. Everything else in the project is imported by its own name, and Node runs it as it is.
import * as nodeModule from "node:module"

const CLIENTS = /[\\/]types[\\/]contracts[\\/]/

nodeModule.registerHooks({
  resolve(specifier, context, next) {
    const isOne =
      specifier.endsWith(".js") &&
      specifier.startsWith(".") &&
      (CLIENTS.test(specifier) || CLIENTS.test(context.parentURL ?? ""))
    return next(isOne ? `${specifier.slice(0, -2)}ts` : specifier, context)
  },
})
