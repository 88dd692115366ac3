// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice What the body of an element has after its first terms, in row-major order of the reduction.
/// @dev What `accumulator` means depends on the body; without any term it means nothing. For a
///
/// ```
///   Dot    the sum so far: the bits of a Float32, or an integer modulo 2^64
///   Fold   the bits of the result so far
///   Rank   how many of the candidates so far come before the one that is said to have the rank
/// ```
struct Partial {
    uint256 accumulator;
    uint64 terms;
}
