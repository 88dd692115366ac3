// The numbers are written once, where the code that runs plans has them.
export * from "../kernels/assembly/codes.ts"
