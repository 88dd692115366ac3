// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice Stake reserved for one batch or one directly attested receipt. One storage slot.
/// @dev
/// ```
/// bits   255..128  127..64  63..0
///        bond      block    time
/// ```
struct Lock {
    /// Unix seconds at which the bond was reserved; zero means never.
    uint64 since;
    /// Block number at which the bond was reserved.
    uint64 sinceBlock;
    /// Token units still reserved; zero after release or after every receipt was convicted.
    uint128 bond;
}
