// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice Stake reserved for one batch, one directly attested receipt or one receipt in a dispute, with the terms that
/// hold for it whatever becomes of them later. One storage slot.
/// @dev
/// ```
/// bits   255..128  127..112  111..80  79..40      39..0
///        bond      escrow    stopped  untilBlock  since
/// ```
struct Lock {
    /// Unix seconds at which the bond was reserved; zero means never.
    uint40 since;
    /// The window lasts until this block at least.
    uint40 untilBlock;
    /// Seconds for which the registry's clock had stood still by `since`: on that clock the lock began at
    /// `since - stopped`.
    uint32 stopped;
    /// Minutes between a conviction and its payouts.
    uint16 escrow;
    /// Token units still reserved; zero after release or after every receipt was convicted.
    uint128 bond;
}
