// e^x as docs/semantics.md 2.3 defines it, four at a time and without branches.

function constant(bits: i32): v128 {
  return i32x4.splat(bits)
}

function horner(p: v128, r: v128, bits: i32): v128 {
  return f32x4.add(f32x4.mul(p, r), constant(bits))
}

/** 2^n for n from -126 to 127. */
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23)
}

@unmanaged
export class Exp {
  /** A NaN passes the bounds, since it compares with nothing, and stays NaN in every later operation. */
  of(x: v128): v128 {
    x = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-104)), f32x4.splat(89))
    const shift = constant(0x4b400000)
    const t = f32x4.add(f32x4.mul(x, constant(0x3fb8aa3b)), shift)
    const n = f32x4.sub(t, shift)
    const reduced = f32x4.sub(x, f32x4.mul(n, constant(0x3f318000)))
    const r = f32x4.sub(reduced, f32x4.mul(n, constant(<i32>0xb95e8083)))
    let p = constant(0x39506967)
    p = horner(p, r, 0x3ab743ce)
    p = horner(p, r, 0x3c088908)
    p = horner(p, r, 0x3d2aa9c1)
    p = horner(p, r, 0x3e2aaaaa)
    p = horner(p, r, 0x3f000000)
    const y = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), f32x4.splat(1))
    const whole = i32x4.sub(t, shift)
    const half = i32x4.shr_s(whole, 1)
    return f32x4.mul(f32x4.mul(y, powerOfTwo(half)), powerOfTwo(i32x4.sub(whole, half)))
  }
}
