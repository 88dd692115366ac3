import { fileURLToPath } from "node:url"
import hardhatToolboxMochaEthers from "@nomicfoundation/hardhat-toolbox-mocha-ethers"
import { defineConfig } from "hardhat/config"

const { ONUS_LONG, ONUS_COUNT, ONUS_SEED } = process.env

/** How often and how far every `invariant_` is tried: in `npm test`, and in `npm run test:long -- invariants`. */
const invariant =
  ONUS_LONG === "1" ? { runs: Number(ONUS_COUNT ?? 256), depth: 500 } : { runs: 64, depth: 100 }
const seed = ONUS_SEED === undefined ? "0x6f6e7573" : `0x${BigInt(ONUS_SEED).toString(16)}`

export default defineConfig({
  plugins: [hardhatToolboxMochaEthers],
  solidity: {
    npmFilesToBuild: ["@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol"],
    profiles: {
      default: {
        version: "0.8.37",
        // The compiler comes from the npm package: nothing is downloaded.
        path: fileURLToPath(import.meta.resolve("solc/soljson.js")),
        settings: {
          evmVersion: "osaka",
          optimizer: { enabled: true, runs: 200 },
          metadata: { bytecodeHash: "none" },
        },
      },
    },
  },
  paths: {
    ignition: ".",
    tests: { solidity: "./test", mocha: "./test" },
  },
  typechain: { outDir: "./types/contracts", tsNocheck: true },
  test: {
    mocha: { timeout: 600_000 },
    solidity: {
      fuzz: { runs: 256, seed },
      invariant,
      // Calls that are made for other tests, and what they return: `test/helpers/call-batch.ts`.
      fsPermissions: { dangerouslyReadWriteDirectory: ["./cache"] },
    },
  },
  networks: {
    localhost: { type: "http", chainType: "l1", url: "http://127.0.0.1:8545" },
  },
})
