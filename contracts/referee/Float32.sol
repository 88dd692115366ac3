// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Float32
/// @notice IEEE 754-2019 binary32 arithmetic on raw bit patterns, rounding to nearest with ties to even.
/// @dev Layout of a binary32 number in the low 32 bits of a `uint256`:
///
/// ```
///   bit  255 ........ 32 | 31   | 30 ............ 23 | 22 ............ 0
///        always zero     | sign | exponent field E   | fraction F
///
///   E = 0           F = 0   zero of that sign
///   E = 0           F > 0   subnormal   (-1)^sign * F          * 2^-149
///   1 <= E <= 254           normal      (-1)^sign * (2^23 + F) * 2^(E - 150)
///   E = 255         F = 0   infinity of that sign
///   E = 255         F > 0   not a number (NaN), any payload, quiet or signalling
/// ```
///
/// Every function takes words whose bits 32 to 255 are zero, returns such words, and never reverts.
/// Subnormal numbers are kept, as operands and as results. An operand that is NaN, or an invalid operation
/// (for example infinity minus infinity), yields exactly `NAN`, whatever the payload or sign was.
///
/// Terms and idioms of the assembly:
///
/// - The magnitude of a number is its bit pattern without the sign. Magnitudes are ordered like the absolute
///   values, up to infinity at 0x7f800000; what is above is NaN.
/// - The scale of a finite number is E - 1, but 0 if E = 0, so that its absolute value is an integer
///   significand below 2^24 times 2^(scale - 149). The significand is `magnitude - (scale << 23)`: with or
///   without leading bit, without a case distinction.
/// - The same equation packs a result: `(scale << 23) + significand`. A significand that was rounded up to
///   2^24 carries into the exponent by itself.
/// - An exact result m is rounded to even at bit s by `(m + 2^(s - 1) - 1 + bit s of m) >> s`: the sum carries
///   into bit s if the part below it is more than half, or is half while bit s is odd.
/// - Each operation computes a normal result first and then asks, in one condition, whether that was right.
///   A wrong scale shows as a pattern outside of 0x00800000 to 0x7f7fffff, in 256-bit arithmetic.
library Float32 {
    /// @notice The only NaN that an operation returns.
    uint256 internal constant NAN = 0x7fc00000;

    /// @notice Positive infinity, and the largest magnitude that is not NaN.
    uint256 internal constant INFINITY = 0x7f800000;

    /// @notice The sign bit; by itself, negative zero.
    uint256 internal constant SIGN = 0x80000000;

    /// @notice All bits but the sign.
    uint256 internal constant MAGNITUDE = 0x7fffffff;

    /// @notice Returns `a + b` rounded to binary32.
    /// @dev A sum that is exactly zero is +0, unless both operands are -0.
    function add(uint256 a, uint256 b) internal pure returns (uint256 c) {
        assembly ("memory-safe") {
            let x := and(a, 0x7fffffff) // magnitude of a
            let y := and(b, 0x7fffffff) // magnitude of b
            if lt(x, y) {
                // From here on a has the larger magnitude, and with it the sign of the sum.
                let t := a
                a := b
                b := t
                t := x
                x := y
                y := t
            }
            let e := sub(shr(23, x), gt(x, 0x7fffff)) // scale of a
            let f := sub(shr(23, y), gt(y, 0x7fffff)) // scale of b
            // m is the exact sum in units of 2^(e - 379). The leading bit of a normal a goes to bit 253, so that
            // a carry still leaves bit 255 free. b is shifted left by 230 - (e - f), and multiplied by 1, or by
            // -1 if the signs differ. If e - f > 230 it vanishes: no loss, as from e - f = 26 on it is less than
            // half of what separates a from its neighbours.
            let m := add(
                shl(230, sub(x, shl(23, e))),
                shl(sub(add(230, f), e), mul(sub(y, shl(23, f)), sub(1, and(shr(30, xor(a, b)), 2))))
            )
            let k := sub(clz(m), 1) // 0 after a carry, 1 if the sum kept a's scale, more after cancellation
            let r := shl(k, m) // the leading bit goes to bit 254
            // Rounds to even at bit 231 and packs with scale e + 1 - k.
            c := add(
                shl(23, sub(add(e, 1), k)),
                shr(
                    231,
                    add(
                        add(r, 0x3fffffffffffffffffffffffffffffffffffffffffffffffffffffffff),
                        and(shr(231, r), 1)
                    )
                )
            )
            let sign := and(a, 0x80000000)
            // Unless a is finite and the sum a normal number, there is more to do.
            if iszero(and(lt(x, 0x7f800000), lt(sub(c, 0x800000), 0x7f000000))) {
                c := 0x7f800000 // correct if the sum overflowed or only a is infinite
                if gt(k, add(e, 1)) {
                    // The sum is below 2^-126 and thus an exact multiple of 2^-149: subnormal or zero.
                    c := shr(sub(230, e), m)
                }
                if iszero(m) {
                    sign := and(sign, b) // a zero sum is negative only if both operands are, and are zeros
                }
                // x + 1 if b is the negation of a: above infinity if a is NaN, or infinity minus infinity.
                if gt(add(x, gt(eq(x, y), eq(a, b))), 0x7f800000) {
                    c := 0x7fc00000
                    sign := 0
                }
            }
            c := or(c, sign) // they share no bit
        }
    }

    /// @notice Returns `a - b` rounded to binary32, which is `a + (-b)`.
    function sub(uint256 a, uint256 b) internal pure returns (uint256) {
        return add(a, b ^ SIGN);
    }

    /// @notice Returns `a * b` rounded to binary32.
    /// @dev Zero times infinity is `NAN`.
    function mul(uint256 a, uint256 b) internal pure returns (uint256 c) {
        assembly ("memory-safe") {
            let x := and(a, 0x7f800000) // exponent field of a, in place
            let y := and(b, 0x7f800000) // exponent field of b, in place
            // The product of the significands if both are normal: from 2^46 to below 2^48.
            let m := mul(or(and(a, 0x7fffff), 0x800000), or(and(b, 0x7fffff), 0x800000))
            let k := iszero(shr(47, m)) // 1 if the leading bit is bit 46
            m := shl(k, m) // the leading bit goes to bit 47
            // Rounds to even at bit 24 and packs with scale E(a) + E(b) - 127 - k.
            c := add(sub(add(x, y), shl(23, add(127, k))), shr(24, add(add(m, 0x7fffff), and(shr(24, m), 1))))
            let sign := and(xor(a, b), 0x80000000) // negative if the signs differ
            // Unless the product and both operands are normal numbers, there is more to do.
            if iszero(
                and(
                    lt(sub(c, 0x800000), 0x7f000000),
                    and(lt(sub(x, 0x800000), 0x7f000000), lt(sub(y, 0x800000), 0x7f000000))
                )
            ) {
                x := and(a, 0x7fffffff) // magnitude of a
                y := and(b, 0x7fffffff) // magnitude of b
                switch mul(x, y)
                case 0 {
                    // A zero times x + y, which is the other magnitude: zero, or NaN from infinity on.
                    c := 0
                    if gt(add(x, y), 0x7f7fffff) {
                        c := 0x7fc00000
                        sign := 0
                    }
                }
                default {
                    switch and(lt(x, 0x7f800000), lt(y, 0x7f800000))
                    case 0 {
                        // Infinite, unless an operand is NaN.
                        c := 0x7f800000
                        if or(gt(x, 0x7f800000), gt(y, 0x7f800000)) {
                            c := 0x7fc00000
                            sign := 0
                        }
                    }
                    default {
                        let e := sub(shr(23, x), gt(x, 0x7fffff)) // scale of a
                        let f := sub(shr(23, y), gt(y, 0x7fffff)) // scale of b
                        // The exact product in units of 2^(e + f - 362), with 64 zero bits at the end to drop.
                        m := shl(64, mul(sub(x, shl(23, e)), sub(y, shl(23, f))))
                        k := sub(232, clz(m)) // how many bits to drop, to keep 24
                        let t := sub(213, add(e, f)) // how many to drop at least, to end at 2^-149
                        if slt(k, t) {
                            k := t
                        }
                        // Rounds to even at bit k and packs with scale k - t.
                        c := add(
                            shl(23, sub(k, t)),
                            shr(k, add(add(m, sub(shl(sub(k, 1), 1), 1)), and(shr(k, m), 1)))
                        )
                        if gt(c, 0x7f800000) {
                            c := 0x7f800000 // overflow
                        }
                    }
                }
            }
            c := or(c, sign) // they share no bit
        }
    }

    /// @notice Returns `a / b` rounded to binary32.
    /// @dev A non-zero number divided by zero is an infinity; 0/0 and infinity/infinity are `NAN`.
    ///
    /// The quotient of the significands A and B is cut off 80 bits below the point, and no more precision is
    /// needed: let h be halfway between two neighbours in binary32. As A/B is at least 2^-24, h is a multiple of
    /// 2^-49, so that |A/B - h| = |A * 2^49 - h * 2^49 * B| / (2^49 * B) has an integer as numerator. Either
    /// it is zero and the cut quotient exact, or it is above 2^-73 and the cut does not cross h.
    function div(uint256 a, uint256 b) internal pure returns (uint256 c) {
        assembly ("memory-safe") {
            let x := and(a, 0x7fffffff) // magnitude of a
            let y := and(b, 0x7fffffff) // magnitude of b
            let e := sub(shr(23, x), gt(x, 0x7fffff)) // scale of a
            let f := sub(shr(23, y), gt(y, 0x7fffff)) // scale of b
            // The quotient in units of 2^(e - f - 80): from 2^56 to below 2^104, or zero if an operand is zero.
            let m := div(shl(80, sub(x, shl(23, e))), sub(y, shl(23, f)))
            let k := sub(clz(m), 151) // how far the leading bit is below bit 104
            let r := shl(k, m) // the leading bit goes to bit 104
            // Rounds to even at bit 81 and packs with scale e - f + 150 - k.
            c := add(
                shl(23, sub(add(sub(e, f), 150), k)),
                shr(81, add(add(r, 0xffffffffffffffffffff), and(shr(81, r), 1)))
            )
            let sign := and(xor(a, b), 0x80000000) // negative if the signs differ
            // Unless both operands are finite and not zero and the quotient is normal, there is more to do.
            if iszero(
                and(
                    lt(sub(c, 0x800000), 0x7f000000),
                    and(lt(sub(x, 1), 0x7f7fffff), lt(sub(y, 1), 0x7f7fffff))
                )
            ) {
                switch and(lt(sub(x, 1), 0x7f7fffff), lt(sub(y, 1), 0x7f7fffff))
                case 0 {
                    // Infinity if a is or b is zero; otherwise zero, as a is or b is infinite.
                    c := mul(0x7f800000, or(eq(x, 0x7f800000), iszero(y)))
                    // NaN, 0/0 or infinity/infinity.
                    if or(eq(x, y), or(gt(x, 0x7f800000), gt(y, 0x7f800000))) {
                        c := 0x7fc00000
                        sign := 0
                    }
                }
                default {
                    switch slt(c, 0x800000)
                    case 0 {
                        c := 0x7f800000 // overflow
                    }
                    default {
                        // Rounds to even at the bit worth 2^-149; the scale is 0.
                        k := sub(sub(f, e), 69)
                        c := shr(k, add(add(m, sub(shl(sub(k, 1), 1), 1)), and(shr(k, m), 1)))
                    }
                }
            }
            c := or(c, sign) // they share no bit
        }
    }
}
