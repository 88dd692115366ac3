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
        uint128 active;
        uint128 locked;
    }

    /// @notice Stake that leaves: one bucket, a new request restarts its clock.
    struct Thaw {
        uint128 amount;
        uint64 maturesAt;
    }

    error AmountZero();
    error TokenAmountMismatch(uint256 sent, uint256 arrived);
    /// @dev `need` is what must be active in all to keep half unreserved.
    error StakeTooLow(address provider, uint256 active, uint256 need);
    error ThawNotMatured(address provider, uint64 maturesAt);
    error ThawEmpty(address provider);

    event StakeDeposited(address indexed provider, uint256 amount);
    event ThawStarted(address indexed provider, uint256 amount, uint64 maturesAt);
    event StakeWithdrawn(address indexed provider, uint256 amount);
    event StakeBurned(uint256 amount);

    /// @notice Adds `amount` to the sender's active stake; the token must be approved.
    /// Reverts for: `ProviderUnknown`, `ProviderTombstoned`, `AmountZero`, `TokenAmountMismatch`.
    /// Emits: `StakeDeposited`.
    function deposit(uint128 amount) external;

    /// @notice `deposit` with an EIP-2612 permit. A permit that somebody else has used already does
    /// no harm: the allowance is what counts.
    function depositWithPermit(uint128 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Moves `amount` of unreserved stake into the thaw bucket and restarts its clock.
    /// Reverts for: `AmountZero`, `StakeTooLow`. Emits: `ThawStarted`.
    function startThaw(uint128 amount) external;

    /// @notice Pays out the sender's matured thaw bucket.
    /// Reverts for: `ThawEmpty`, `ThawNotMatured`. Emits: `StakeWithdrawn`.
    function withdraw() external;

    /// @notice Sends everything that was slashed for burning to the burn address. Anyone may call.
    /// Reverts for: `AmountZero`. Emits: `StakeBurned`.
    function burn() external;

    function token() external view returns (IERC20);

    /// @notice The smallest active stake with which a provider can attest, in token units.
    function minStake() external view returns (uint256);

    /// @notice Seconds between `startThaw` and `withdraw`.
    function thawPeriod() external view returns (uint256);

    /// @notice Slashed token units that wait for `burn`.
    function burnable() external view returns (uint256);

    function account(address provider) external view returns (Account memory);

    function thaw(address provider) external view returns (Thaw memory);

    /// @notice Largest coverage in token units that `provider` could anchor now.
    function capacity(address provider) external view returns (uint256);
}
