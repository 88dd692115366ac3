// Operations on lanes of float32. `bytes` is a multiple of 16; an operand advances by its step per vector, 16 or 0.

@unmanaged
export class Add {
  of(a: v128, b: v128): v128 {
    return f32x4.add(a, b)
  }
}

@unmanaged
export class Sub {
  of(a: v128, b: v128): v128 {
    return f32x4.sub(a, b)
  }
}

@unmanaged
export class Mul {
  of(a: v128, b: v128): v128 {
    return f32x4.mul(a, b)
  }
}

@unmanaged
export class Div {
  of(a: v128, b: v128): v128 {
    return f32x4.div(a, b)
  }
}

@unmanaged
export class Min {
  of(a: v128, b: v128): v128 {
    return f32x4.min(a, b)
  }
}

@unmanaged
export class Max {
  of(a: v128, b: v128): v128 {
    return f32x4.max(a, b)
  }
}

@unmanaged
export class Eq {
  of(a: v128, b: v128): v128 {
    return v128.and(f32x4.eq(a, b), i32x4.splat(1))
  }
}

@unmanaged
export class Lt {
  of(a: v128, b: v128): v128 {
    return v128.and(f32x4.lt(a, b), i32x4.splat(1))
  }
}

/** Two operands, by an operation of above. */
export function floats2<O>(a: usize, stepA: usize, b: usize, stepB: usize, dst: usize, bytes: usize): void {
  const o = changetype<O>(0)
  const end = dst + bytes
  const four = dst + (bytes & ~63)
  if (stepA !== 0 && stepB !== 0) {
    while (dst < four) {
      v128.store(dst, o.of(v128.load(a), v128.load(b)))
      v128.store(dst, o.of(v128.load(a, 16), v128.load(b, 16)), 16)
      v128.store(dst, o.of(v128.load(a, 32), v128.load(b, 32)), 32)
      v128.store(dst, o.of(v128.load(a, 48), v128.load(b, 48)), 48)
      a += 64
      b += 64
      dst += 64
    }
  } else if (stepA !== 0) {
    const y = v128.load(b)
    while (dst < four) {
      v128.store(dst, o.of(v128.load(a), y))
      v128.store(dst, o.of(v128.load(a, 16), y), 16)
      v128.store(dst, o.of(v128.load(a, 32), y), 32)
      v128.store(dst, o.of(v128.load(a, 48), y), 48)
      a += 64
      dst += 64
    }
  } else if (stepB !== 0) {
    const x = v128.load(a)
    while (dst < four) {
      v128.store(dst, o.of(x, v128.load(b)))
      v128.store(dst, o.of(x, v128.load(b, 16)), 16)
      v128.store(dst, o.of(x, v128.load(b, 32)), 32)
      v128.store(dst, o.of(x, v128.load(b, 48)), 48)
      b += 64
      dst += 64
    }
  }
  while (dst < end) {
    v128.store(dst, o.of(v128.load(a), v128.load(b)))
    a += stepA
    b += stepB
    dst += 16
  }
}

@unmanaged
export class Round {
  of(a: v128): v128 {
    return f32x4.nearest(a)
  }
}

@unmanaged
export class Sqrt {
  of(a: v128): v128 {
    return f32x4.sqrt(a)
  }
}

@unmanaged
export class Truth {
  of(a: v128): v128 {
    return v128.and(f32x4.ne(a, f32x4.splat(0)), i32x4.splat(1))
  }
}

/** Loaded rather than written into the code: see exp.ts. */
const NAN = memory.data<u32>([0x7fc00000])

/** Any NaN becomes the canonical one. */
@unmanaged
export class Canonical {
  of(a: v128): v128 {
    return v128.bitselect(a, v128.load32_splat(NAN), f32x4.eq(a, a))
  }
}

/** One operand, by an operation of above. */
export function floats1<O>(a: usize, stepA: usize, dst: usize, bytes: usize): void {
  for (const end = dst + bytes; dst < end; dst += 16) {
    v128.store(dst, changetype<O>(0).of(v128.load(a)))
    a += stepA
  }
}
