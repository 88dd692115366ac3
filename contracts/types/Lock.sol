// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice Stake reserved for one batch, one directly attested receipt or one receipt in a dispute. One storage slot.
/// @dev
/// ```
/// bits   247..120  119..112  111..80  79..40  39..0
///        bond      terms     stopped  block   time
/// ```
struct Lock {
    /// Unix seconds at which the bond was reserved; zero means never.
    uint40 since;
    /// Block number at which the bond was reserved.
    uint40 sinceBlock;
    /// Seconds for which the registry's clock had stood still by then: on that clock the lock began at
    /// `since - stopped`.
    uint32 stopped;
    /// Version of the terms that hold for it, whatever becomes of the terms later.
    uint8 terms;
    /// Token units still reserved; zero after release or after every receipt was convicted.
    uint128 bond;
}
