// Numbers that the compiler of plans (src/engine/wasm) and the code that runs them agree on.

/** How elements lie in memory, and what they become as lanes: 4 bytes, or 8 for 64-bit integers. */
export const WORD = 0 // float32 and int32: as they are
export const SIGNED_BYTE = 1
export const UNSIGNED_BYTE = 2
export const TRUTH = 3 // 0 or 1 as a lane, whatever byte it is in memory
export const LONG = 4 // int64
export const BYTE = 5 // moved byte for byte

/** What a step does. */
export const MOVE = 0
export const READ = 1
export const FOLD = 2
export const FOLD_ROWS = 3
export const DOT = 4
export const DOT_BYTES = 5
export const DOT_ROWS = 6
export const RANK = 7
export const GEMM_F32 = 8
export const GEMM_I8 = 9
export const DEPTHWISE_F32 = 10
export const DEPTHWISE_I8 = 11
export const PACK_F32 = 12
export const PACK_I8 = 13
export const WIDEN_I8 = 14
export const COPY = 15
export const CLEAR = 16
export const FOLD_WINDOWS = 17

/** How the last register becomes the element. */
export const STORE_FLOAT = 0 // NaN becomes the canonical one
export const STORE_WORD = 1
export const STORE_LONG = 2
export const STORE_BYTE = 3

/** How terms are accumulated, in lanes of three kinds. */
export const LANES_FLOAT = 0
export const LANES_WORD = 1
export const LANES_LONG = 2

export const FOLD_ADD = 0
export const FOLD_MUL = 1
export const FOLD_MIN = 2
export const FOLD_MAX = 3

/** Operations on registers. */
export const LOAD = 0
export const CONSTANT = 1
export const ADD_F32 = 2
export const SUB_F32 = 3
export const MUL_F32 = 4
export const DIV_F32 = 5
export const REM_F32 = 6
export const MIN_F32 = 7
export const MAX_F32 = 8
export const ROUND_F32 = 9
export const SQRT_F32 = 10
export const EXP_F32 = 11
export const BITS_F32 = 12
export const EQ_F32 = 13
export const LT_F32 = 14
export const TRUTH_F32 = 15
export const F32_TO_I32 = 16
export const F32_TO_I64 = 17
export const ADD_I32 = 18
export const SUB_I32 = 19
export const MUL_I32 = 20
export const DIV_I32 = 21
export const REM_I32 = 22
export const MIN_I32 = 23
export const MAX_I32 = 24
export const AND_I32 = 25
export const XOR_I32 = 26
export const SHR_I32 = 27
export const EQ_I32 = 28
export const LT_I32 = 29
export const TRUTH_I32 = 30
export const WRAP_I8 = 31
export const WRAP_U8 = 32
export const I32_TO_F32 = 33
export const I32_TO_I64 = 34
export const SELECT_32 = 35
export const ADD_I64 = 36
export const SUB_I64 = 37
export const MUL_I64 = 38
export const DIV_I64 = 39
export const REM_I64 = 40
export const MIN_I64 = 41
export const MAX_I64 = 42
export const AND_I64 = 43
export const XOR_I64 = 44
export const SHR_I64 = 45
export const EQ_I64 = 46
export const LT_I64 = 47
export const TRUTH_I64 = 48
export const I64_TO_F32 = 49
export const I64_TO_I32 = 50
export const SELECT_64 = 51

/** The first of 36 chains: see chains.ts. */
export const CHAIN = 64
