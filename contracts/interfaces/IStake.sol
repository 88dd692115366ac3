// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title IStake
/// @notice The money behind the answers.
/// @dev
/// ```
/// active   = reserved for receipts (locked) + unreserved
/// thawing  = on its way out; counts for nothing but stays slashable until withdrawn
/// ```
/// At most half of the active stake can be locked, so that behind all bonds there stands at least as
/// much that a punitive part can be taken from. A provider that is its own consumer and its own
/// challenger gets back at most 45 % of all that is taken from it; a single late conviction may find
/// less, after earlier ones took more (`docs/decisions/0003-half-stays-unreserved.md`).
///
/// Assumed of the token: a plain ERC-20 that moves exactly the amount asked for, without fees,
/// rebasing or hooks that reach back here. A token that takes a fee is refused on deposit; one that
/// blocks a recipient blocks that recipient's own claim and nothing else.
interface IStake {
    /// @notice A provider's stake in token units. One storage slot.
    struct Account {
        uint120 active;
        uint120 locked;
        /// Excluded for ever, by the third fault within 90 days or by equivocation.
        bool tombstoned;
    }

    /// @notice Stake that leaves: one bucket, a new request restarts its clock.
    struct Thaw {
        uint128 amount;
        /// Seconds on the registry's clock.
        uint40 maturesAt;
    }

    /// @notice What open disputes keep of the bucket, whether it is thawed or not.
    struct Freeze {
        uint128 amount;
        /// Seconds on the registry's clock.
        uint40 until;
        /// Until this block at least: an outage of the chain lets nothing go that a window would still keep.
        uint40 untilBlock;
    }

    error ProviderTombstoned(address provider);
    error AmountZero();
    error TokenAmountMismatch(uint256 sent, uint256 arrived);
    /// @dev `need` is what must be active in all to keep half unreserved.
    error StakeTooLow(address provider, uint256 active, uint256 need);
    error ThawNotMatured(address provider, uint64 maturesAt);
    error ThawEmpty(address provider);
    /// @dev Disputes that are open may take all that has thawed.
    error ThawFrozen(address provider, uint40 until);

    event StakeDeposited(address indexed provider, uint256 amount);
    event ThawStarted(address indexed provider, uint256 amount, uint64 maturesAt);
    event StakeWithdrawn(address indexed provider, uint256 amount);
    event StakeFrozen(address indexed provider, uint256 amount, uint40 until);

    /// @notice Adds `amount` to the sender's active stake; the token must be approved.
    /// Reverts for: `ProviderTombstoned`, `AmountZero`, `TokenAmountMismatch`.
    /// Emits: `StakeDeposited`.
    function deposit(uint128 amount) external;

    /// @notice `deposit` with an EIP-2612 permit. A permit that somebody else has used already does
    /// no harm: the allowance is what counts.
    function depositWithPermit(uint128 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Moves `amount` of unreserved stake into the thaw bucket and restarts its clock.
    /// Reverts for: `AmountZero`, `StakeTooLow`. Emits: `ThawStarted`.
    function startThaw(uint128 amount) external;

    /// @notice Pays out what has thawed of the sender's stake and is not frozen by open disputes.
    /// Reverts for: `ThawEmpty`, `ThawNotMatured`, `ThawFrozen`, `DisputesStopped`. Emits: `StakeWithdrawn`.
    function withdraw() external;

    function token() external view returns (IERC20);

    /// @notice Seconds between `startThaw` and `withdraw`.
    function thawPeriod() external view returns (uint256);

    function account(address provider) external view returns (Account memory);

    function thaw(address provider) external view returns (Thaw memory);

    /// @notice What open disputes keep now; no amount when all of them are over.
    function freeze(address provider) external view returns (Freeze memory);

    /// @notice Largest coverage in token units that `provider` could anchor now.
    function capacity(address provider) external view returns (uint256);
}
